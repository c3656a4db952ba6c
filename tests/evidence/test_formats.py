"""How figures are written for people."""

import pytest

from parentis.evidence.formats import in_column, in_prose, interval, period_words, scale_of
from parentis.figures import Measure

POUNDS = Measure(id="m.p", title="P", unit="£", definition="d", source="s")
PER_CHILD = Measure(id="m.c", title="C", unit="£ per child", definition="d", source="s")
PERCENT = Measure(id="m.r", title="R", unit="%", decimals=1, definition="d", source="s")
COUNT = Measure(id="m.n", title="N", unit="count", definition="d", source="s")


@pytest.mark.spec
@pytest.mark.parametrize(
    ("value", "measure", "expected"),
    [
        (208_500_000.0, POUNDS, "£208.5m"),
        (-3_960_000.0, POUNDS, "−£4.0m"),
        (2_618_700_000.0, POUNDS, "£2.62bn"),
        (999_999.0, POUNDS, "£1.0m"),
        (-268_020.0, POUNDS, "−£0.3m"),
        (249_999.0, POUNDS, "£249,999"),
        (1367.4, PER_CHILD, "£1,367 per child"),
        (8.53, PERCENT, "8.5%"),
        (-0.04, PERCENT, "0.0%"),
        (30.0, COUNT, "30"),
        (9290.0, COUNT, "9,290"),
    ],
)
def test_prose(value: float, measure: Measure, expected: str) -> None:
    assert in_prose(value, None, measure) == expected


@pytest.mark.spec
@pytest.mark.parametrize(
    ("measure", "largest", "unit", "value", "expected"),
    [
        (POUNDS, 208_500_000, "£ million", -4_049_999.0, "−4.0"),
        (POUNDS, 250_000, "£ thousand", 12_499.0, "12"),
        (POUNDS, 900, "£", 899.6, "900"),
        (PERCENT, 15, "%", 15.04, "15.0"),
    ],
)
def test_a_column_has_one_scale(measure: Measure, largest: float, unit: str, value: float, expected: str) -> None:
    scale = scale_of(measure, largest)
    assert (scale.unit, in_column(value, None, scale)) == (unit, expected)


@pytest.mark.spec
def test_what_is_absent_is_a_letter_never_a_zero() -> None:
    assert in_column(None, "c", scale_of(COUNT, 0)) == "[c]"
    assert in_column(None, None, scale_of(COUNT, 0)) == "[x]"
    assert in_prose(None, "c", COUNT) == "not available [c]"


@pytest.mark.spec
def test_an_interval_has_the_scale_of_its_column() -> None:
    scale = scale_of(POUNDS, 112_300_000)
    assert interval(-32_400_000.0, 192_200_000.0, scale) == "(−32.4 to 192.2)"
    assert interval(None, None, scale) == ""


@pytest.mark.spec
@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("2017-18", "2017-18"),
        ("2017-18 Q2", "2017-18 Q2"),
        ("2019-20..2023-24", "2019-20 to 2023-24"),
        ("2025-03-31", "31 Mar 2025"),
        ("2026-10-01..2026-10-31", "October 2026"),
        ("2024-02-01..2024-02-29", "February 2024"),
        ("2026-02-01..2026-03-31", "1 Feb to 31 Mar 2026"),
        ("2026-09-28..2026-10-04", "28 Sep to 4 Oct 2026"),
        ("2025-12-29..2026-01-04", "29 Dec 2025 to 4 Jan 2026"),
    ],
)
def test_a_period_is_read_as_people_write_it(label: str, words: str) -> None:
    assert period_words(label) == words
