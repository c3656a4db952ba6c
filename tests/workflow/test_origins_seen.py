"""How many rows stand behind a figure is a count of people: whose it is to see."""

import polars as pl
import pytest

from parentis.figures import Viewer
from parentis.workflow.results.queries import inputs_seen

CAMDEN, BARNET = "E09000007", "E09000003"


@pytest.mark.spec
@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (Viewer.members(CAMDEN), {("of Camden", CAMDEN): (3, True), ("of London", CAMDEN): (3, True)}),
        (Viewer.members(), {}),
        (Viewer.public(), {}),
    ],
)
def test_row_counts_stand_with_ones_own_rows_alone(home, viewer, seen) -> None:
    places = {"of Camden": CAMDEN, "of Barnet": BARNET, "of London": "london"}
    figures = pl.DataFrame({"provenance_id": list(places), "geography": list(places.values())})
    behind = [("of Camden", CAMDEN), ("of Barnet", BARNET), ("of London", CAMDEN), ("of London", BARNET)]
    inputs = pl.DataFrame(
        {"provenance_id": [one for one, _ in behind], "submitter": [who for _, who in behind],
         "load_id": [f"load of {who}" for _, who in behind], "files": [["in.csv"]] * 4, "rows": [[1, 2, 3]] * 4,
         "row_count": [3] * 4},
    )  # fmt: skip
    found = inputs_seen(home, inputs, viewer, figures)
    told = {
        (one["provenance_id"], one["submitter"]): (one["row_count"], one["open"])
        for one in found.iter_rows(named=True)
        if one["row_count"] is not None or one["rows"] is not None or one["files"] is not None
    }
    assert told == seen
