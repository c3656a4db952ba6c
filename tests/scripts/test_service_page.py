"""docs/adding-a-service.md quotes the template as it is."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.unit
def test_the_page_quotes_the_template_as_it_is() -> None:
    made = runpy.run_path(str(ROOT / "script" / "service_page.py"))
    text = (ROOT / "docs" / "adding-a-service.md").read_text(encoding="utf-8")
    assert made["page"](text) == text, "run script/generate"
    assert text.count("<!-- template: ") >= 6
    assert "```python\n```" not in text
