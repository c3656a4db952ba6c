"""Commands that ask the ledger: nights, claim, headroom, and what was found amiss."""

from collections.abc import Mapping

import polars as pl

from parentis.region import authority as the_authority
from parentis.services.uasc.child_nights import ledger
from parentis.services.uasc.claims import claim
from parentis.services.uasc.records import FINDINGS
from parentis.services.uasc.thresholds import headroom

Tables = Mapping[str, pl.DataFrame]
UNNAMED = "authority"
"The authority of files that name none, when they are queried without having been handed in."


def nights(tables: Tables, *, authority: str = "", by: str = "financial_year,group") -> pl.DataFrame:
    """People, nights and income by columns of the ledger, written with commas between."""
    columns = [name.strip() for name in by.split(",") if name.strip()]
    held = ledger(_own(tables, authority)).nights
    return (
        held.group_by(columns)
        .agg(
            people=pl.struct("authority", "child").n_unique(),
            nights=pl.col("nights").sum(),
            income=pl.col("income").sum(),
        )
        .sort(columns)
    )


def claim_file(tables: Tables, *, authority: str = "", period: str = "", nightly: bool = False) -> pl.DataFrame:
    """The claim's lines for an authority and financial year; with `nightly` every night of every child. Each line of a
    draft says that it is one. Its total and what is left out are `claim.Claim`'s to tell."""
    made = claim(_own(tables, authority), authority, period)
    return made.nights if nightly else made.said


def near_thresholds(tables: Tables, *, vintage: int = 0) -> pl.DataFrame:
    """Each authority beside the thresholds; `vintage` is the mid-year whose population counts, 0 for the usual one."""
    return headroom(ledger(tables, vintage=vintage or None), vintage=vintage or None)


def amiss(tables: Tables, *, authority: str = "") -> pl.DataFrame:
    """What the ledger found, child by child: `authority, child, finding, nights, meaning`."""
    found = ledger(_own(tables, authority)).findings
    return found.with_columns(meaning=pl.col("finding").cast(pl.String).replace_strict(dict(FINDINGS)))


def _own(tables: Tables, authority: str) -> Tables:
    """Tables of one authority, for any known form of its name; of all, if none is named. Files that name no authority
    are taken to belong to the one named."""
    if not authority:
        return tables
    gss = the_authority(authority).gss
    whose = pl.when(pl.col("authority") == UNNAMED).then(pl.lit(gss)).otherwise("authority").alias("authority")
    return {name: frame.with_columns(whose).filter(pl.col("authority") == gss) for name, frame in tables.items()}
