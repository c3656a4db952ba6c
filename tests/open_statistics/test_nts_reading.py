"""Transfers under the National Transfer Scheme: recognised, placed, and adding up to what the publisher says."""

from pathlib import Path

import polars as pl
import pytest

from parentis.region import match_authorities
from parentis.returns import read, the_return, type_cells

HEADINGS = (
    "Date,Year,Quarter,Region,Local Authority or HSCT (NI),Able to participate in the NTS?,"
    "Transfers out of Local Authority,Transfers into Local Authority,Transfers into LA from port/intake unit\n"
)
MADE_UP = HEADINGS + (
    "2030-09-30,2030,3,London,Camden,Yes,2,1,0\n"
    "2030-09-30,2030,3,London,Croydon,Yes,5,0,3\n"
    "2030-09-30,2030,3,*Total London,*Total,-,7,1,3\n"
)
OUT = {2016: 50, 2017: 170, 2018: 76, 2019: 1, 2020: 1, 2021: 77, 2022: 243, 2023: 139}
"London's transfers out by calendar year, as added up when the file was described; the first and last years are part."


@pytest.mark.spec
def test_a_made_up_file_is_taken_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "anything.csv"
    path.write_text(MADE_UP)
    (reading,) = read([path])
    assert (reading.return_id, reading.period, reading.tables["transfers"].height) == ("open_statistics.nts", "2030", 3)


@pytest.mark.integration
@pytest.mark.real
def test_the_published_file_reads_whole_and_adds_up(shared_data: Path) -> None:
    (reading,) = read([shared_data / "cla/la_uasc_transfer_nts.csv"])
    assert (reading.return_id, reading.period) == ("open_statistics.nts", "2023")
    table = type_cells(reading, the_return("open_statistics.nts").spec.at("2023")).tables["transfers"]
    assert table.height == 12538
    total = pl.col("Region").str.starts_with("*")
    out = pl.col("Transfers out of Local Authority")
    london = table.filter(pl.col("Region") == "London").group_by("Year").agg(out.sum())
    assert dict(london.iter_rows()) == OUT
    own = table.filter(~total).group_by("Date", "Region").agg(out.sum().alias("ours"))
    published = (
        table.filter(total)
        .with_columns(Region=pl.col("Region").str.strip_prefix("*Total "))
        .join(own, on=["Date", "Region"])
    )
    assert published.height == 29 * 12
    assert (published["ours"] == published["Transfers out of Local Authority"]).all()


@pytest.mark.integration
@pytest.mark.real
def test_every_english_authority_that_takes_part_is_known(shared_data: Path) -> None:
    (reading,) = read([shared_data / "cla/la_uasc_transfer_nts.csv"])
    name = "Local Authority or HSCT (NI)"
    rows = reading.tables["transfers"].filter(
        (pl.col("Able to participate in the NTS?") == "Yes")
        & ~pl.col("Region").is_in(["Scotland", "Wales", "Northern Ireland"])
    )
    lost = match_authorities(rows.select(pl.col(name).unique()), name).filter(pl.col("authority").is_null())
    assert lost[name].to_list() == ["Basildon"]  # a district of Essex, which the publisher once lets take part
