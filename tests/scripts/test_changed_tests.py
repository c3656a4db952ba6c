"""Which tests `script/test --changed` chooses."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TESTS = {
    "tests/region/test_clocks.py": {"parentis.region.clocks"},
    "tests/cli/test_commands.py": {"parentis.cli"},
    "tests/web/test_cases.py": {"parentis.web.cases.models"},
}
TEXTS = {"tests/region/test_clocks.py": "", "tests/cli/test_commands.py": "", "tests/web/test_cases.py": "script/demo"}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("changed_tests", ROOT / "script" / "changed_tests.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["changed_tests"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.spec
@pytest.mark.parametrize(
    ("changed", "reached", "expected"),
    [
        ([], set(), []),
        (["docs/index.md"], set(), []),
        (["src/parentis/region/clocks.py"], {"parentis.region.clocks"}, ["tests/region/test_clocks.py"]),
        (["src/parentis/region/tables/grants.csv"], set(), ["tests/region/test_clocks.py"]),
        (["tests/web/test_cases.py"], set(), ["tests/web/test_cases.py"]),
        (["tests/web/conftest.py"], set(), ["tests/web/test_cases.py"]),
        (["script/demo"], set(), ["tests/web/test_cases.py"]),
        (["pyproject.toml"], set(), sorted(TESTS)),
    ],
)
def test_what_changed_chooses_the_tests_it_can_reach(
    script: ModuleType, changed: list[str], reached: set[str], expected: list[str]
) -> None:
    assert script.chosen(changed, TESTS, reached, TEXTS) == expected


@pytest.mark.integration
def test_a_module_reaches_what_imports_it_by_a_reference_in_a_string(script: ModuleType) -> None:
    """The command line runs services through `Ref`, which no import statement shows."""
    found = script.reach(["parentis.services.funding.drivers"])
    assert "parentis.services.funding" in found
    assert "parentis.region.periods" not in found
