"""Releases of the same figures, put side by side."""

import polars as pl
import pytest
from test_release import BROMLEY, CATALOGUE, CROYDON, SOUTH, SUTTON, at, figures, shown

from parentis.figures import HIDDEN, Viewer, differencing, guard, release, with_release

FIRST = figures(at(BROMLEY, 10), at(CROYDON, 20), at(SOUTH, 30))
SECOND = figures(at("england", 4000))
THIRD = figures(at(BROMLEY, 10), at(CROYDON, 20), at(SUTTON, 3), at(SOUTH, 33))


def released(*frames: pl.DataFrame) -> pl.DataFrame:
    """The counts of these, each guarded against those before it."""
    before = None
    for frame in frames:
        before = with_release(before, guard(frame, CATALOGUE, before=before).figures, CATALOGUE)
    return before


@pytest.mark.spec
def test_a_count_shown_two_builds_ago_is_not_forgotten() -> None:
    # Who kept the first build knows Bromley's 10 and Croydon's 20: with them the total of 33 tells of Sutton's three.
    seen = release(guard(THIRD, CATALOGUE, before=released(FIRST, SECOND)).figures, CATALOGUE, Viewer.public())
    assert shown(seen) == {BROMLEY: 10, CROYDON: 20, SUTTON: "c", SOUTH: "c"}


@pytest.mark.spec
def test_differencing_finds_what_a_guard_that_forgot_gave_away() -> None:
    forgot = guard(THIRD, CATALOGUE, before=released(SECOND)).figures
    assert shown(release(forgot, CATALOGUE, Viewer.public()))[SOUTH] == 30
    found = differencing(forgot, CATALOGUE, released(FIRST, SECOND))
    assert found.select("geography", "by").rows() == [(SUTTON, "")]
    minded = guard(THIRD, CATALOGUE, before=released(FIRST, SECOND)).figures
    assert differencing(minded, CATALOGUE, released(FIRST, SECOND)).is_empty()


@pytest.mark.spec
def test_differencing_knows_what_each_authority_knows() -> None:
    # Croydon's three and Sutton's eight are hidden: each could find the other's, were Bromley's shown.
    held = figures(at(BROMLEY, 10), at(CROYDON, 3), at(SUTTON, 8), at(SOUTH, 21))
    half = held.with_columns(hidden=pl.col("geography").is_in([CROYDON, SUTTON]), n_hidden=False)
    assert differencing(half, CATALOGUE, None).select("geography", "by").rows() == [(CROYDON, SUTTON)]
    assert differencing(guard(held, CATALOGUE).figures, CATALOGUE, None).is_empty()


@pytest.mark.spec
def test_what_cannot_be_hidden_any_more_is_told() -> None:
    unguarded = figures(at(BROMLEY, 10), at(CROYDON, 20), at(SOUTH, 33)).with_columns(hidden=False, n_hidden=False)
    told = guard(THIRD, CATALOGUE, before=with_release(None, unguarded, CATALOGUE)).told
    assert told.select("geography", "period").rows() == [(SUTTON, "2024-03-31")]
    assert guard(THIRD, CATALOGUE, before=released(FIRST)).told.is_empty()


@pytest.mark.unit
def test_a_count_stands_from_the_first_release_that_had_it_to_the_last() -> None:
    changed = figures(at(BROMLEY, 11), at(CROYDON, 20), at(SOUTH, 31))
    stood = released(FIRST, FIRST, changed, FIRST)
    spans = {}
    for place, count, first, last in stood.select("geography", "x", "first", "last").iter_rows():
        spans.setdefault((place, count), set()).add((first, last))
    assert spans == {
        (BROMLEY, 10): {(1, 2), (4, 4)}, (BROMLEY, 11): {(3, 3)}, (CROYDON, 20): {(1, 4)},
        (SOUTH, 30): {(1, 2), (4, 4)}, (SOUTH, 31): {(3, 3)},
    }  # fmt: skip


@pytest.mark.unit
def test_the_same_figures_again_hide_what_they_hid() -> None:
    before = released(THIRD)
    again = guard(THIRD, CATALOGUE, before=before).figures
    assert again.select(HIDDEN).equals(guard(THIRD, CATALOGUE).figures.select(HIDDEN))
    assert with_release(before, again, CATALOGUE)["last"].unique().to_list() == [2]
