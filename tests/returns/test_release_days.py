"""The day on which a published file came out."""

from datetime import date

import pytest

from parentis.returns.editions import released


@pytest.mark.spec
@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Last updated: 12 December 2024"], date(2024, 12, 12)),
        (["Last updated 4th December 2025"], date(2025, 12, 4)),
        (["Published on 31/10/2023", "Last updated: 7 Dec 2023"], date(2023, 12, 7)),
        (["Release date: 2024-08-29"], date(2024, 8, 29)),
        (["Revenue Outturn (RO) 2023-24", "as at 31 March 2024"], None),
        (["Last updated: 31 February 2024"], None),
        ([], None),
    ],
)
def test_the_day_is_read_where_it_is_called_a_release(texts: list[str], expected: date | None) -> None:
    assert released(texts) == expected
