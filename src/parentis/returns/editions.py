"""The release date of a published file, as stated in the file."""

import re
from collections.abc import Iterable
from datetime import date, datetime

_SAID = re.compile(
    r"(?:last\s+updated|updated(?:\s+on)?|date\s+of\s+(?:publication|release)|publication\s+date|release\s+date"
    r"|(?:first\s+)?published(?:\s+on)?|released(?:\s+on)?)\s*:?\s*"
    r"(?P<day>\d{1,2}(?:st|nd|rd|th)?\s+[A-Za-z]+,?\s+\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})",
    re.IGNORECASE,
)
_WRITTEN = ("%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%Y")


def released(texts: Iterable[str]) -> date | None:
    """The latest date in `texts` that is described as a release or last update; None where there is none.

    `Last updated: 12 December 2024` → 12 December 2024. Dates are read day first, as the publishers write them.
    """
    found = [day for text in texts for match in _SAID.finditer(text) if (day := _day(match["day"])) is not None]
    return max(found, default=None)


def _day(text: str) -> date | None:
    bare = " ".join(re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,", "", text).split())
    for written in _WRITTEN:
        try:
            return datetime.strptime(bare, written).date()  # noqa: DTZ007  a day has no time zone
        except ValueError:
            continue
    return None
