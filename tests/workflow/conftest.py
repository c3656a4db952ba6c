"""Small invented returns, and a home to hand them in to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from parentis.archive import Home
from parentis.returns import ReturnData, write_files

CAMDEN, BARNET = "E09000007", "E09000003"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("PARENTIS_MASTER_KEY", raising=False)
    monkeypatch.delenv("PARENTIS_ENV", raising=False)
    return Home(tmp_path / "home")


@pytest.fixture
def monitoring(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes a borough's monitoring return with one line; gives its files."""

    def write(budget: int = 100, authority: str = CAMDEN, period: str = "2024-25", into: str = "in") -> list[Path]:
        lines = pl.DataFrame(
            {"QUARTER": ["Q2"], "SERVICE_LINE": ["csc"], "ORIGINAL_BUDGET": [Decimal(budget)]},
            schema_overrides={"ORIGINAL_BUDGET": pl.Decimal(18, 2)},
        )
        filled = ReturnData(return_id="finance.monitoring", submitter=authority, period=period, tables={"lines": lines})
        return write_files(filled, tmp_path / into / f"{authority}-{period}-{budget}")

    return write


@pytest.fixture
def children(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes a looked-after children return of two invented children; gives its files."""

    def write(
        period: str = "2023-24", authority: str = CAMDEN, into: str = "in", first: str = "INVENTED1"
    ) -> list[Path]:
        header = pl.DataFrame(
            {
                "CHILD": [first, "INVENTED2"],
                "SEX": ["1", "2"],
                "DOB": [date(2010, 5, 17), date(2012, 11, 30)],
                "ETHNIC": ["WBRI", "WBRI"],
            }
        )
        episodes = pl.DataFrame(
            {
                "CHILD": [first],
                "DECOM": [date(2023, 6, 1)],
                "RNE": ["S"],
                "LS": ["C2"],
                "PLACE": ["U1"],
                "HOME_POST": ["AB1 2CD"],
            }
        )
        filled = ReturnData(
            return_id="ssda903",
            submitter=authority,
            period=period,
            tables={"Header": header, "Episodes": episodes},
        )
        return write_files(filled, tmp_path / into / f"{authority}-{period}-{first}")

    return write


@pytest.fixture
def budgets(tmp_path: Path) -> Callable[..., list[Path]]:
    """Writes a publisher's budget file of two authorities; gives its files."""

    def write(amount: int = 1_000, period: str = "2017-18", into: str = "in") -> list[Path]:
        lines = pl.DataFrame(
            {
                "ONS_CODE": [CAMDEN, BARNET],
                "AUTHORITY_NAME": ["Camden", "Barnet"],
                "LABEL": ["TOTAL CHILDREN'S SOCIAL CARE"] * 2,
                "SERVICE_LINE": ["csc"] * 2,
                "MEASURE": ["net"] * 2,
                "AMOUNT": [Decimal(amount), Decimal(2 * amount)],
            },
            schema_overrides={"AMOUNT": pl.Decimal(18, 2)},
        )
        filled = ReturnData(return_id="finance.ra", submitter="MHCLG", period=period, tables={"lines": lines})
        return write_files(filled, tmp_path / into / f"ra-{period}-{amount}")

    return write
