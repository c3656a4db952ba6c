"""Who may see a figure of an authority's own: whoever may see every submission behind it."""

import polars as pl
import pytest

from parentis.workflow.decisions.release import NARROWEST_FIRST, as_released

OWN, MEMBERS, PUBLISHED = (str(one) for one in NARROWEST_FIRST)
LOADS = pl.DataFrame(
    {"load_id": ["own", "members", "published"], "openness": [0, 1, 2]}, schema_overrides={"openness": pl.Int8}
)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("loads", "measure", "seen_by"),
    [
        (["published"], OWN, PUBLISHED),
        (["published", "members"], OWN, MEMBERS),
        (["published", "own"], OWN, OWN),
        (["members", "members"], OWN, MEMBERS),
        (["published", "withdrawn since"], OWN, OWN),
        ([], OWN, OWN),
        (["own"], PUBLISHED, PUBLISHED),  # a measure that is published whatever it is made of
        (["published"], MEMBERS, MEMBERS),
    ],
)
def test_a_figure_is_as_open_as_the_narrowest_submission_behind_it(
    loads: list[str], measure: str, seen_by: str
) -> None:
    figures = pl.DataFrame({"provenance_id": ["p"], "audience": [measure]})
    inputs = pl.DataFrame({"provenance_id": ["p"] * len(loads), "load_id": loads}, schema=dict.fromkeys(
        ("provenance_id", "load_id"), pl.String
    ))  # fmt: skip
    assert as_released(figures, inputs, LOADS)["audience"].to_list() == [seen_by]
