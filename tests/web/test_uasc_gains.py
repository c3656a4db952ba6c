"""Who would gain by other rates: nobody is listed whose gain tells of few children, but the reader's own authority."""

import polars as pl
import pytest

from parentis.services import uasc
from parentis.web.uasc import rates

CAMDEN, CROYDON, BARNET = "E09000007", "E09000008", "E09000003"


class Answer:
    """What `rates.gains` reads of an answer."""

    schedule = None

    def gains(self) -> pl.DataFrame:
        return pl.DataFrame({"authority": [CAMDEN, CROYDON, BARNET], "mean": [3.0, 2.0, 1.0]})


@pytest.mark.unit
@pytest.mark.parametrize(
    ("own", "listed"),
    [("", ["Barnet"]), (CAMDEN, ["Camden", "Barnet"]), (BARNET, ["Barnet"]), (CROYDON, ["Croydon", "Barnet"])],
)
def test_small_authorities_are_left_out_of_the_list(
    monkeypatch: pytest.MonkeyPatch, own: str, listed: list[str]
) -> None:
    monkeypatch.setattr(rates, "futures", lambda: "the futures")
    monkeypatch.setattr(uasc, "small", lambda ahead, schedule, now: frozenset({CAMDEN, CROYDON}))
    monkeypatch.setattr(uasc, "current", lambda: None)
    assert [row["name"] for row in rates.gains(Answer(), own)] == listed  # type: ignore[arg-type]


@pytest.mark.unit
def test_without_futures_nobody_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "futures", lambda: None)
    assert rates.gains(Answer(), CAMDEN) == []  # type: ignore[arg-type]
