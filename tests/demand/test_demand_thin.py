"""Next to no data: a forecast is wide, and ends."""

from dataclasses import replace

import numpy as np
import pytest

from parentis.services.demand import simulate
from parentis.services.demand.estimation.entries import BEYOND
from parentis.services.demand.estimation.histories import Histories
from parentis.services.demand.estimation.model import fit_histories


@pytest.mark.unit
def test_where_nobody_was_seen_to_come_no_future_has_billions(known: Histories) -> None:
    begins = np.array([[known.next_day - 365, known.next_day]], dtype=np.int64)
    still = np.flatnonzero((known.start < begins[0, 0]) & (known.end >= known.next_day))[:1]
    names = ("authority", "child", "state", "start", "end", "birth", "care_start", "uasc", "ends_in", "first")
    one = {name: getattr(known, name)[still] for name in names}
    alone = replace(known, **(one | {"first": np.array([False])}), runs=(begins,))
    paths = simulate(fit_histories(alone), months=60, replicates=50)
    assert paths.total("entries").max() <= 3 * BEYOND
