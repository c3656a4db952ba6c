"""`allocate`: who gets the new way, or when, from a frozen protocol and a sealed seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from parentis.errors import SpecificationError
from parentis.services.trials.allocation.boroughs import (
    Block,
    Labels,
    arm_blocks,
    drawn,
    minimised,
    step_blocks,
)
from parentis.services.trials.allocation.seals import Draws, Seal, require_holds
from parentis.services.trials.protocol.frozen import Frozen
from parentis.services.trials.protocol.record import (
    MINIMISATION,
    PARALLEL,
    RANDOMISED,
    STEPPED_WEDGE,
    Protocol,
)

BLOCKS_OF_FAMILIES = (4, 6)
"Families in a block: of two lengths, so that the last of a block cannot be foretold."

COLUMNS = {
    "order": pl.Int64, "unit": pl.String, "borough": pl.String, "family": pl.String, "arm": pl.Int64, "step": pl.Int64,
    "size": pl.Float64, "stratum": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Allocation:
    """`rows`: `order, unit, borough, family, arm, step, size, stratum`; arm 0 or 1 (null in a stepped wedge), step
    from 1 (null otherwise), size and stratum of boroughs.

    `sha256` is of the rows, for the log: it shows later that nothing was changed, and tells nothing of a child.
    """

    reference: str
    protocol_sha256: str
    rows: pl.DataFrame
    sha256: str


def allocate(frozen: Frozen, units: pl.DataFrame, seal: Seal) -> Allocation:
    """Draw the allocation.

    Args:
        units: in the order in which they joined. For children `unit, borough, family` (family null: an only child);
            those who join later are added at the end, and nobody's arm changes. For boroughs `borough`, and `size`
            (children expected) and `stratum` if there are any; all take part from the beginning.

    Raises SpecificationError for designs without chance, for units that the protocol does not name, and for repeated
    ones.
    """
    protocol = frozen.protocol
    if protocol.design not in RANDOMISED:
        raise _wrong("a design in which chance decides", protocol.design, "Record when each borough starts instead.")
    require_holds(seal.commitment, seal.seed, seal.salt)
    made = _families(protocol, units, seal) if protocol.design == PARALLEL else _boroughs(protocol, units, seal)
    rows = made.select(list(COLUMNS)).cast(COLUMNS)  # type: ignore[arg-type]
    return Allocation(
        reference=frozen.reference,
        protocol_sha256=frozen.sha256,
        rows=rows,
        sha256=sha256(rows.write_csv().encode()).hexdigest(),
    )


def verify_allocation(
    allocation: Allocation, frozen: Frozen, units: pl.DataFrame, *, seed: str, salt: str, commitment: str
) -> None:
    """Draw again from the revealed seed. Raises SpecificationError where the seed or the allocation is another."""
    again = allocate(frozen, units, Seal(seed=seed, salt=salt, commitment=commitment))
    if again.sha256 != allocation.sha256 or not again.rows.equals(allocation.rows):
        differ = sum(
            1 for one, other in zip(again.rows.iter_rows(), allocation.rows.iter_rows(), strict=False) if one != other
        ) + abs(again.rows.height - allocation.rows.height)
        raise _wrong(
            "the allocation that the seed gives", f"{differ:,} rows that differ", "Find out who changed it, and when."
        )


def _families(protocol: Protocol, units: pl.DataFrame, seal: Seal) -> pl.DataFrame:
    _require(units, ("unit", "borough", "family"))
    if units["unit"].n_unique() < units.height:
        raise _wrong("each child once", f"{units.height - units['unit'].n_unique():,} again", "Leave each child once.")
    if strange := set(units["borough"]) - set(protocol.boroughs):
        raise _wrong("children of the protocol's boroughs", f"some of {len(strange)} others", "Leave them out.")
    family = units["family"].fill_null("child " + units["unit"])
    arms: dict[str, int] = {}
    envelopes: dict[str, tuple[list[int], Draws]] = {}
    for borough, own in zip(units["borough"].to_list(), family.to_list(), strict=True):
        # A brother or sister who lives in another borough, or joins later, gets what the family has.
        if own not in arms:
            waiting, draws = envelopes.setdefault(borough, ([], _draws(protocol, seal, borough)))
            if not waiting:
                half = BLOCKS_OF_FAMILIES[draws.below(len(BLOCKS_OF_FAMILIES))] // 2
                waiting += draws.shuffled([0] * half + [1] * half)
            arms[own] = waiting.pop(0)
    return units.select("unit", "borough").with_columns(
        family=family,
        order=pl.int_range(1, units.height + 1),
        arm=family.replace_strict(arms, return_dtype=pl.Int64),
        step=pl.lit(None, dtype=pl.Int64),
        size=pl.lit(None, dtype=pl.Float64),
        stratum=pl.lit(None, dtype=pl.String),
    )


def _boroughs(protocol: Protocol, units: pl.DataFrame, seal: Seal) -> pl.DataFrame:
    _require(units, ("borough",))
    if sorted(units["borough"].to_list()) != sorted(protocol.boroughs):
        raise _wrong("exactly the protocol's boroughs", "others", "Amend the protocol, or correct the list.")
    # The order in which boroughs are listed must not matter.
    listed = units.sort("borough")
    sizes, strata = sizes_and_strata(listed)
    label = borough_labels(protocol, sizes, strata, _draws(protocol, seal, "boroughs"))
    wedge = protocol.design == STEPPED_WEDGE
    return listed.select("borough").with_columns(
        unit=pl.col("borough"),
        family=pl.lit(None, dtype=pl.String),
        order=pl.int_range(1, listed.height + 1),
        arm=pl.lit(None, dtype=pl.Int64) if wedge else pl.Series(label),
        step=pl.Series(label) if wedge else pl.lit(None, dtype=pl.Int64),
        size=pl.Series(sizes),
        stratum=pl.Series(strata),
    )


def sizes_and_strata(units: pl.DataFrame) -> tuple[list[float], list[str]]:
    """Of each borough, the children expected (1 where not given) and its stratum (empty where not given)."""
    sizes = units["size"].cast(pl.Float64).fill_null(1.0).to_list() if "size" in units.columns else [1.0] * units.height
    strata = units["stratum"].fill_null("").to_list() if "stratum" in units.columns else [""] * units.height
    return sizes, strata


def borough_labels(protocol: Protocol, sizes: Sequence[float], strata: Sequence[str], draws: Draws) -> Labels:
    """An arm, or a step, for each borough."""
    if protocol.allocation == MINIMISATION:
        return minimised(sizes, strata, draws)
    return drawn(borough_blocks(protocol, sizes), draws)


def borough_blocks(protocol: Protocol, sizes: Sequence[float]) -> list[Block]:
    """The blocks in which boroughs are drawn."""
    if protocol.design == STEPPED_WEDGE:
        return step_blocks(sizes, protocol.timing.steps)
    return arm_blocks(sizes)


def _draws(protocol: Protocol, seal: Seal, purpose: str) -> Draws:
    # An amendment must not draw anew: the trial's name, and not the version's hash, goes into the numbers.
    return Draws(seal.seed, f"{protocol.id}|{purpose}")


def _require(units: pl.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in units.columns]
    if missing or not units.height:
        raise _wrong(f"rows with {', '.join(columns)}", f"no {', '.join(missing) or 'rows'}", "Add them.")


def _wrong(expected: str, found: str, do: str) -> SpecificationError:
    return SpecificationError(expected=expected, found=found, where="trial allocation", do=do)
