"""Placements of every census in one form, and the one map of code lists."""

from datetime import date

import polars as pl
import pytest

from parentis.returns.placements import code_map
from parentis.returns.placements.one_form import FORM, one_form

OF_2019 = {"authority": "E09000007", "period": "2019-06-30",
           "Type of provision": "Residential - External (Commissioned)",
           "How the placement was sourced": "Direct Award / Spot Purchase", "Organisation": "The ACME Care Ltd.",
           "Total weekly cost": 3830.0, "Age": 14.9, "Host Authority": "Kent"}  # fmt: skip
OF_2025 = {"authority": "E09000007", "period": "2025-12-31",
           "Type of provision": "Supported Accommodation - Category 1: Self contained solo accommodation ",
           "How the placement was sourced": "Direct Award / Off Framework", "Organisation": "Acme Care",
           "Provider Company number": "1234567", "Primary registration type": "CQC only",
           "Does this placement cost include additional packages": "Yes",
           "Deprivation of Liberty Safeguards in place": "DoLS (previous)", "Total weekly cost": 1200.0,
           "Does this CYP require a solo placement": "Yes, but is not in a solo placement"}  # fmt: skip


def formed(*rows: dict[str, object]) -> list[dict[str, object]]:
    made = one_form(pl.concat([pl.DataFrame([row]) for row in rows], how="diagonal"))
    assert made.schema == FORM
    return made.rows(named=True)


@pytest.mark.spec
def test_every_edition_has_one_form() -> None:
    old, new = formed(OF_2019, OF_2025)
    assert {name: old[name] for name in ("census", "type", "family", "sourced", "provider", "age", "host", "solo")} == {
        "census": date(2019, 6, 30), "type": "Residential - Mainstream", "family": "residential",
        "sourced": "Direct Award / Off Framework", "provider": "name:acmecare", "age": 14, "host": "Kent", "solo": None,
    }  # fmt: skip
    told = ("type", "family", "provider", "registration", "packages", "dols", "solo", "solo_required", "doubt", "need")
    assert [new[name] for name in told] == [
        "Supported Accommodation - Category 1", "supported", "01234567", "CQC", True, "previous", False, True, None,
        None,
    ]  # fmt: skip


@pytest.mark.spec
def test_a_doubted_price_and_a_supplement_are_marked() -> None:
    child = {"Identifier": "x", "Placement start date": date(2019, 1, 1)}
    year, place, supplement = formed(
        {**OF_2019, "Total weekly cost": 325000.0},
        {**OF_2019, **child},
        {**OF_2019, **child, "Total weekly cost": 90.0},
    )
    assert (year["doubt"], year["supplement"]) == ("CEN-YEARLY", False)
    assert (place["doubt"], place["supplement"], supplement["supplement"]) == (None, False, True)


@pytest.mark.spec
def test_censuses_are_doubted_each_by_itself() -> None:
    months = [{**OF_2019, "Total weekly cost": price} for price in (21000.0, 22000.0, 23000.0)]
    elsewhere = [{**row, "authority": "E09000003"} for row in months[:2]]
    doubts = [row["doubt"] for row in formed(*months, *elsewhere)]
    assert doubts == ["CEN-MONTHLY"] * 3 + [None] * 2


@pytest.mark.spec
@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("K1", ("Secure Welfare", "Remand")),
        ("K2", ("Residential - Mainstream", "Residential - With Education")),
        ("K3", tuple(f"Supported Accommodation - Category {n}" for n in range(1, 5))),
        ("A6", ()),
    ],
)
def test_a_place_code_of_the_903_is_found_in_londons_list(code: str, labels: tuple[str, ...]) -> None:
    assert code_map.of_place(code) == labels


@pytest.mark.unit
def test_no_word_of_any_list_means_two_things() -> None:
    words = [word for one in code_map.PROVISIONS for word in {one.label, *one.earlier}]
    plain = pl.DataFrame({"word": words}).select(code_map.known(pl.col("word")))["word"]
    assert set(plain) == set(code_map.provisions())
    assert len(words) - plain.n_unique() == 1, "`Fostering - Parent and Child` is written in two ways, and no other"
    assert {one.label for one in code_map.PROVISIONS} == set(code_map.families())
