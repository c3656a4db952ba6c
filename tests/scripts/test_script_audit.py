"""What `script/audit` says of a report: an advisory source that answered nothing is no pass."""

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "script" / "audit"
SOUND = {"name": "polars", "version": "1.30.0", "vulns": []}
SKIPPED = {"name": "numpy", "skip_reason": "could not be audited"}
VULNERABLE = {"name": "django", "version": "5.2.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["5.2.9"]}]}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("audit_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader("audit_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.spec
@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([], 3, "no package was checked"),
        ([SOUND], 0, "1 packages checked: no known vulnerability."),
        ([SOUND, SKIPPED], 3, "1 of 2 packages could not be checked (numpy)"),
        ([VULNERABLE], 1, "django 5.2.0: CVE-2026-1, mended in 5.2.9"),
        ([VULNERABLE, SKIPPED], 1, "1 of 2 packages could not be checked"),
    ],
)
def test_only_a_whole_check_passes(audit: ModuleType, packages: list[dict], code: int, words: str) -> None:
    got, lines = audit.outcome({"dependencies": packages})
    assert got == code
    assert words in "\n".join(lines)
