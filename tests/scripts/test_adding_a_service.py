"""A service that is only folders: laid over a copy of the source, tested there, and gone with the copy."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "tests" / "service_template"
LEAVE = shutil.ignore_patterns("__pycache__")


def files(folder: Path) -> dict[str, bytes]:
    """Every file under `folder`, but what Python compiles."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def run(house: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(house / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source and of the site's tests, with the template's folders laid over it."""
    copy = tmp_path_factory.mktemp("house") / "parentis"
    for name in ("src", "tests/web"):
        shutil.copytree(ROOT / name, copy / name, ignore=LEAVE)
    for name in ("pyproject.toml", "tests/conftest.py", "tests/site_fixtures.py"):
        shutil.copy(ROOT / name, copy / name)
    for name in ("src", "tests"):
        shutil.copytree(TEMPLATE / name, copy / name, ignore=LEAVE, dirs_exist_ok=True)
    return copy


@pytest.mark.functional
def test_it_is_folders_alone(house: Path) -> None:
    """What the template brings is new; of what was there, nothing is changed."""
    before, after = files(ROOT / "src"), files(house / "src")
    brought = set(files(TEMPLATE / "src"))
    assert set(after) - set(before) == brought
    assert brought & set(before) == set()
    assert {name for name in before if after[name] != before[name]} == set()


@pytest.mark.functional
def test_its_tests_pass_and_so_does_the_gate_with_its_pages(house: Path) -> None:
    """Its rule, figures, pack, command, pages, API and practice data; and every address as every role, unchanged."""
    asked = (
        "hubs",
        "every_url_has_an_entry",
        "(every_url_as_every_role and camden)",
        "nobody_signed_in",
        "every_address_has_a_scope",
    )
    places = ("tests/hubs", "tests/web/test_hubs_site.py", "tests/web/test_gate.py", "tests/web/test_api.py")
    pytest_of_it = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    done = run(house, *pytest_of_it, *places, "-k", " or ".join(asked))
    assert done.returncode == 0, (done.stdout + done.stderr)[-8000:]
    assert "skipped" not in done.stdout


@pytest.mark.functional
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", ""),
        ("from parentis.services import funding", "funding"),
        ("import parentis.services.custody.nights", "custody"),
    ],
)
def test_a_new_service_falls_under_the_contracts_by_itself(house: Path, line: str, told: str) -> None:
    module = house / "src" / "parentis" / "services" / "hubs" / "commands.py"
    text = module.read_text()
    module.write_text(f"{text}\n{line}\n")
    try:
        done = run(house, str(Path(sys.executable).parent / "lint-imports"), "--no-cache")
    finally:
        module.write_text(text)
    assert (done.returncode != 0) is bool(told), done.stdout[-3000:]
    if told:
        assert f"parentis.services.hubs is not allowed to import parentis.services.{told}" in done.stdout
