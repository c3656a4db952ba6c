"""Write docs/custody-fields.md from the table of a notice's fields."""

from pathlib import Path

from parentis.web.custody.fields import document

PAGE = Path(__file__).parents[1] / "docs" / "custody-fields.md"

if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
