@pytest.mark.unit
def test_no_name_of_the_package_is_hidden_by_a_module() -> None:
    """Names are imported when asked for; a module of the same name, imported before, would be found in their place."""
    import importlib
    import pkgutil
    from types import ModuleType

    from parentis import workflow

    for module in pkgutil.walk_packages(workflow.__path__, "parentis.workflow."):
        importlib.import_module(module.name)
    assert [name for name in workflow.__all__ if isinstance(getattr(workflow, name), ModuleType)] == []
    with pytest.raises(AttributeError):
        _ = workflow.no_such_name  # type: ignore[attr-defined]
