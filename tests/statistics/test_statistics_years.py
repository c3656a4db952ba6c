"""What a published year means."""

from datetime import date

import pytest

from parentis.region import Period, calendar_year, financial_year
from parentis.returns.open_statistics.datasets import DATASETS
from parentis.services.statistics import years
from parentis.services.statistics.declared_measures import declared_measures, published, usual_basis
from parentis.services.statistics.slugs import slug, unit_of


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "basis", "label", "start", "end", "said"),
    [
        ("2016", years.on_31_march, "2016-03-31", date(2016, 3, 31), date(2016, 3, 31), ""),
        ("2016", years.to_31_march, "2015-16", date(2015, 4, 1), date(2016, 3, 31), ""),
        ("2016", years.academic, "2015-16", date(2015, 9, 1), date(2016, 8, 31), ""),
        ("2015/16", years.academic, "2015-16", date(2015, 9, 1), date(2016, 8, 31), ""),
        ("1999-00", years.to_31_march, "1999-00", date(1999, 4, 1), date(2000, 3, 31), ""),
        ("2016-17 (OT)", years.to_31_march, "2016-17", date(2016, 4, 1), date(2017, 3, 31), "outturn"),
        ("2025 (prov)", calendar_year, "2025", date(2025, 1, 1), date(2025, 12, 31), "provisional release"),
        ("2014-16", calendar_year, "2014 to 2016", date(2014, 1, 1), date(2016, 12, 31), ""),
        ("2013/14-15/16", years.to_31_march, "2013-14 to 2015-16", date(2013, 4, 1), date(2016, 3, 31), ""),
        ("2016", years.in_january, "2016-01", date(2016, 1, 1), date(2016, 1, 31), ""),
        ("2025", years.to_30_september, "2024-10 to 2025-09", date(2024, 10, 1), date(2025, 9, 30), ""),
    ],
)
def test_a_lait_year_is_the_days_its_measure_means(
    text: str, basis: years.Basis, label: str, start: date, end: date, said: str
) -> None:
    assert years.lait_period(text, basis) == (Period(start, end, label), said)


@pytest.mark.unit
@pytest.mark.parametrize("text", ["0", "", "2016-19", "spring"])
def test_what_says_no_year_gives_none(text: str) -> None:
    assert years.lait_period(text, years.to_31_march) == (None, "")


@pytest.mark.unit
def test_a_title_can_say_that_a_financial_year_is_a_day() -> None:
    assert years.lait_basis("Financial Year", "Children looked after at 31 March (num)") is years.on_31_march
    assert years.lait_basis("Financial Year", "Children adopted in year") is years.to_31_march
    assert years.lait_basis("Lunar Year", "") is None


@pytest.mark.unit
def test_an_ees_period_by_its_identifier() -> None:
    assert years.ees_period("202324", "Financial year") == financial_year("2023-24")
    assert years.ees_period("2024", "Calendar year") == calendar_year(2024)
    assert years.ees_period("2024", "Reporting year") == calendar_year(2024)
    assert years.ees_period("2024", "Reporting year", years.mid_year) == years.mid_year(2024)
    assert years.ees_period("202326", "Financial year") is None
    assert years.ees_period("2024", "Week 3") is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("% of Children Looked After", "%"),
        ("Rate per 100,000", "per 100,000"),
        ("rate_per_10000", "per 10,000"),
        ("Number of Children", "count"),
        ("Spend", "£"),
        ("Unit Cost", "£ per week"),
        ("children_percent", "%"),
        ("agency_rate_fte", "%"),
        ("Average Score", "as published"),
    ],
)
def test_a_unit_is_what_the_words_say(words: str, unit: str) -> None:
    assert unit_of(words) == unit


@pytest.mark.unit
def test_a_slug_spells_signs_out() -> None:
    assert slug("Hosp_Adm_Alc_<18yrs") == "hosp_adm_alc_under_18yrs"
    assert slug("LAC%_Adopt (New)") == "lac_percent_adopt_new"


@pytest.mark.unit
def test_the_declarations_hold_together_with_the_data_sets_that_are_read() -> None:
    shapes = {one.id: one for one in DATASETS}
    used = set()
    for (part, indicator), found in published().items():
        for one in found:
            used.add(one.measure.id)
            if part in shapes:
                assert indicator.removesuffix("_months") in shapes[part].indicators
                assert {*one.where, *one.rename} <= set(shapes[part].filters)
    assert used == set(declared_measures())
    assert set(shapes) <= set(usual_basis())
