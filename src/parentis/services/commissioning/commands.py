"""The service's own commands: two partnerships beside one another, and how full a block would be."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import polars as pl

from parentis.errors import NotFoundError
from parentis.services.commissioning import assembly
from parentis.services.commissioning.assembly import gather
from parentis.services.commissioning.blocks import SpotBeside, void_risk
from parentis.services.commissioning.hedonic import Hedonic, contrast, hedonic
from parentis.services.commissioning.page_frames import BLOCK_KINDS, SPOT
from parentis.services.commissioning.sensitivity import answer, in_a_sentence, strength_in_words, warnings
from parentis.services.demand import COMMISSIONING, NEEDS, fit, simulate
from parentis.services.service import Answer

Tables = Mapping[str, pl.DataFrame]

GROUPS: Final = {
    "fostering": ("fostering independent",),
    "residential": ("residential",),
    "supported": ("supported",),
    "secure": ("secure",),
}
"The demand model's groups for each family of types; a block never takes children of an authority's own carers."


def compare(tables: Tables, *, partnership: str = "", beside: str = "") -> Answer:
    """`what, value`: the contrast of two partnerships, its interval, and what it rests on.

    Raises NotFoundError, naming those there are, for a partnership without placements.
    """
    model = hedonic(gather(tables).placements)
    first, other = (_known(model, name) for name in (partnership, beside))
    found = answer(model, first, other)
    of = found.contrast
    document: dict[str, Any] = {
        "sentence": in_a_sentence(found), "warnings": list(warnings(found)), "strength": strength_in_words(found),
        "percent": of.percent, "low": of.percent_low, "high": of.percent_high, "dearer": of.dearer,
        "plain_percent": found.plain_percent, "without": {one.title: one.percent for one in found.left_out},
        "unmeasured": asdict(found.unmeasured), "not used": model.design.unused,
    }  # fmt: skip
    rows = [{"what": name, "value": str(document[name])} for name in ("sentence", "warnings", "strength")]
    rows += [{"what": name, "value": f"{document[name]:.3f}"} for name in ("percent", "low", "high", "dearer")]
    rows += [{"what": f"without {title}", "value": f"{value:.1f} %"} for title, value in document["without"].items()]
    return Answer(rows=pl.DataFrame(rows), document=document)


def _known(model: Hedonic, name: str) -> str:
    if name in model.partnerships:
        return name
    raise NotFoundError(
        expected=f"one of {', '.join(model.partnerships)}", found=repr(name), where="partnership",
        do="Name two partnerships that bought placements.",
    )  # fmt: skip


def voids(
    tables: Tables,
    *,
    partnership: str = "",
    family: str = "residential",
    places: int = 10,
    months: int = 24,
    guarantee: float = 100.0,
    replicates: int = 300,
    seed: int = 0,
) -> pl.DataFrame:
    """`places, low, middle, high, below, turned_away, times_price, children`: a block's occupancy in futures of demand.

    The members' children in placements of the family come from the demand model; the share that the block would be
    wanted for is that of its blocks' used nights in the past among all the members' placements of the family.
    """
    if family not in GROUPS:
        raise NotFoundError(
            expected=f"one of {', '.join(GROUPS)}", found=repr(family), where="--family", do="Name one of these."
        )
    held = gather(tables)
    inside = held.memberships.filter(pl.col("partnership") == partnership)["authority"].unique().sort().to_list()
    model = fit({name: tables[name] for name in NEEDS}, groups=COMMISSIONING)
    own = [one for one in inside if one in model.authorities]
    if not own:
        known = sorted(held.memberships["partnership"].unique().to_list())
        raise NotFoundError(
            expected=f"a partnership with members whose children are held: {', '.join(known) or 'none is'}",
            found=repr(partnership), where="--partnership",
            do="Submit commissioning.arrangements with its members, and their looked-after children returns.",
        )  # fmt: skip
    paths = simulate(model.only(*own), months=months, replicates=replicates, seed=seed)
    groups = [paths.groups.index(one) for one in GROUPS[family]]
    children = paths.region()[:, groups].sum(axis=1).astype(np.float64)
    used, others = _shares(held, tables, partnership, family)
    price = _break_even(held)
    found = void_risk(places, children, (used, others), break_even=price, guarantee=guarantee, seed=seed)
    return pl.DataFrame(
        [{"places": places, "low": found.low, "middle": found.middle, "high": found.high, "below": found.below,
          "turned_away": found.turned_away, "times_price": found.times_price, "children": float(children.mean())}]
    )  # fmt: skip


def _shares(held: assembly.Gathered, tables: Tables, partnership: str, family: str) -> tuple[float, float]:
    """Nights of the partnership's placements of the family in its blocks, and its other nights, over the year that
    the last census stands for. For a partnership without a block, half of the placements off framework are assumed to
    have gone there."""
    rows = held.every.filter(pl.col("partnership") == partnership, pl.col("family") == family)
    rows = rows.filter(pl.col("census") == pl.col("census").max())
    blocked = rows.filter(pl.col("sourced").is_in(BLOCK_KINDS)).height
    spot = rows.filter(pl.col("sourced") == SPOT).height
    wanted = blocked + spot / 2
    return 365.0 * wanted, 365.0 * max(rows.height - wanted, 0.0)


def _break_even(held: assembly.Gathered) -> float | None:
    model = hedonic(held.placements)
    kinds = [one for one in BLOCK_KINDS if one in model.design.levels("sourced")]
    if not kinds or SPOT not in model.design.levels("sourced"):
        return None
    return SpotBeside.of(contrast(model, kinds[0], SPOT, "sourced")).ratio
