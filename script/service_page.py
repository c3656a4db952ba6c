"""Puts the template's own code into docs/adding-a-service.md: a fence below `<!-- template: PATH NAME -->` is the
assignment of NAME in tests/service_template/PATH, or the whole file without a NAME."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "adding-a-service.md"
TEMPLATE = ROOT / "tests" / "service_template"
QUOTED = re.compile(r"(<!-- template: (?P<path>\S+)(?: (?P<name>\w+))? -->\n```python\n).*?(```)", re.DOTALL)


def page(text: str) -> str:
    """The page with every quotation as the template now is."""
    return QUOTED.sub(lambda found: found[1] + _quoted(found["path"], found["name"]) + found[4], text)


def _quoted(path: str, name: str | None) -> str:
    source = (TEMPLATE / path).read_text(encoding="utf-8")
    if name is None:
        return source
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
            return "\n".join(line.removesuffix("  # fmt: skip") for line in lines) + "\n"
    raise SystemExit(f"{path} has no {name}")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
