"""Prints the test files that what changed since a commit can reach: changed_tests.py [COMMIT].

A test is chosen if it changed itself, if a conftest above it did, if it imports a module that changed or one that
imports such a module however far away (lazy imports and `Ref("module:name")` count, as text), if it tests the package
that a changed table or template lies in, or if it names a changed script. What every test leans on chooses all.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
DOTTED = re.compile(r"parentis(?:\.\w+)+")
ALL = ("pyproject.toml", "requirements-dev.lock", "tests/conftest.py", "package-lock.json", "script/lib.sh")
SILENT = ("docs/", "bench/", "README.md", "CHANGELOG.md", "DEVELOPERS.md", "SECURITY.md", "LICENSE", "mkdocs.yml")


def changed_since(commit: str) -> list[str]:
    """Paths, relative to the checkout: committed since, uncommitted, and not yet tracked."""
    diff = ["git", "diff", "--name-only", "--no-renames", commit]
    new = ["git", "ls-files", "--others", "--exclude-standard"]
    lines = [subprocess.run(one, cwd=ROOT, capture_output=True, text=True, check=True).stdout for one in (diff, new)]
    return sorted({line for text in lines for line in text.splitlines() if line})


def module_of(path: str) -> str:
    """`src/parentis/region/clocks.py` is `parentis.region.clocks`."""
    parts = Path(path).with_suffix("").parts[1:]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def package_of(path: str) -> str:
    """The package that a table or template belongs to: `src/parentis/region/tables/x.csv` is of `parentis.region`."""
    folder = Path(path).parent
    while not (ROOT / folder / "__init__.py").exists():
        folder = folder.parent
    return ".".join(folder.parts[1:])


def reach(modules: Iterable[str]) -> set[str]:
    """The modules and all that import them, directly or not."""
    graph = grimp.build_graph("parentis", cache_dir=None)
    _add_references(graph)
    found = set()
    for module in modules:
        found.add(module)
        if module in graph.modules:
            found |= graph.find_downstream_modules(module)
    return found


def _add_references(graph: grimp.ImportGraph) -> None:
    """A module named in a string (`Ref`, settings, urls) is imported when it is called for: that is an import too."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        module = module_of(str(path.relative_to(ROOT)))
        for imported in DOTTED.findall(path.read_text(encoding="utf-8")):
            if imported in graph.modules and module in graph.modules and imported != module:
                graph.add_import(importer=module, imported=imported)


def imports_of(path: Path) -> set[str]:
    """Every `parentis…` module that a test names: in an import, or as text."""
    source = path.read_text(encoding="utf-8")
    found = set(DOTTED.findall(source))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("parentis"):
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names if name.name.startswith("parentis")}
    return found


def chosen(changed: list[str], tests: dict[str, set[str]], reached: set[str], texts: dict[str, str]) -> list[str]:
    """The tests to run out of `tests` (path to imported modules) and `texts` (path to source)."""
    if any(path in ALL for path in changed):
        return sorted(tests)
    found: set[str] = set()
    for path in changed:
        if path.startswith(SILENT) or (path.startswith("src/") and path.endswith(".py")):
            continue
        if path.startswith("tests/"):
            folder = str(Path(path).parent) + "/"
            if path in tests:
                found.add(path)
            elif not path.endswith(".py") or not Path(path).name.startswith("test_"):
                found |= {test for test in tests if test.startswith(folder)}
        elif path.startswith("src/parentis/"):
            package = package_of(path)
            found |= {test for test, names in tests.items() if any(name.startswith(package) for name in names)}
        else:
            found |= {test for test, text in texts.items() if Path(path).name in text}
    found |= {test for test, names in tests.items() if names & reached}
    return sorted(found)


def main(commit: str) -> int:
    changed = changed_since(commit)
    modules = [module_of(path) for path in changed if path.startswith("src/") and path.endswith(".py")]
    paths = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "tests").rglob("test_*.py"))}
    tests = {name: imports_of(path) for name, path in paths.items()}
    texts = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    print("\n".join(chosen(changed, tests, reach(modules) if modules else set(), texts)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "HEAD"))
