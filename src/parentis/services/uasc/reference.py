"""The measures' part of the methods page.

`python -m parentis.services.uasc.reference docs/methods/uasc.md` writes it into the page; a test fails
while the page is stale.
"""

import sys
from pathlib import Path

from parentis.figures import with_measures
from parentis.services.uasc.measures import MEASURES


def page(text: str) -> str:
    """`text` with the table of measures after the mark."""
    return with_measures(text, MEASURES, "parentis.services.uasc.reference")


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8")
