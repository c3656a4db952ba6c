"""Checking together gives what checking alone gives, and finds last year wherever it is."""

import subprocess
import sys

import pytest

from parentis import workflow
from parentis.archive import Home

CAMDEN, BARNET = "E09000007", "E09000003"


def tree(tmp_path, children, authorities=(CAMDEN, BARNET), periods=("2023-24", "2024-25")):
    root = tmp_path / "tree"
    for period in periods:
        for authority in authorities:
            folder = root / "ssda903" / period / authority
            folder.mkdir(parents=True)
            for path in children(period=period, authority=authority, first=f"INVENTED{authority[-1]}"):
                path.rename(folder / path.name)
    return root


def found(outcomes):
    """Findings and what became of each rule, by authority and period, without the authority's own name."""
    return {
        (one.submitter, one.period): (
            one.checked.findings.drop("authority").rows(),
            one.checked.statuses.select("rule", "status", "reason", "count").sort("rule").rows(),
        )
        for one in outcomes
    }


@pytest.mark.integration
def test_several_authorities_together_as_each_alone(tmp_path, children):
    root = tree(tmp_path, children)
    together = found(workflow.submit(Home(tmp_path / "together"), [root], who="ann", accept=True))
    alone = {}
    for authority in (CAMDEN, BARNET):
        home = Home(tmp_path / authority)
        for period in ("2023-24", "2024-25"):
            folder = root / "ssda903" / period / authority
            alone |= found(workflow.submit(home, [folder], who="ann", authority=authority, period=period, accept=True))
    assert together == alone
    assert any(findings for findings, _ in together.values())


@pytest.mark.integration
def test_last_years_return_is_used_where_it_is_held(tmp_path, children):
    root = tree(tmp_path, children, authorities=(CAMDEN,))
    reasons = {}
    for given in (("2024-25",), ("2023-24", "2024-25")):
        home = Home(tmp_path / "-".join(given))
        for period in given:
            folder = root / "ssda903" / period / CAMDEN
            (outcome,) = workflow.submit(home, [folder], who="ann", authority=CAMDEN, period=period, accept=True)
        reasons[given] = outcome.checked.statuses["reason"].drop_nulls().to_list()
    without, held = reasons.values()
    assert any("last year's return was not given" in reason for reason in without)
    assert not any("last year's return was not given" in reason for reason in held)


@pytest.mark.functional
def test_checking_imports_neither_archive_nor_lake() -> None:
    asked = (
        "import sys\nfrom parentis import workflow\nfrom parentis.returns import ssda903\nworkflow.check_files\n"
        "import parentis.returns.ssda903.rules\n"
        "heavy = {'numpy', 'deltalake', 'jinja2', 'cryptography', 'pyarrow', 'parentis.archive'} & set(sys.modules)\n"
        "sys.exit(f'imports {sorted(heavy)}' if heavy else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


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
