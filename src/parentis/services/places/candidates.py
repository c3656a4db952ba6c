"""Children who need a place and homes with places, as arrays: the constraints that exclude a pair, and each pair's
cost.

Constraints are hard: law, age, sex, risks that a home does not take, a maximum distance, a maximum price. The
remaining pairs have a cost in points, whose parts are stored to explain the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from parentis.errors import SpecificationError
from parentis.region import centres
from parentis.returns.places.code_lists import JUSTICE, RISKS, SECURE_BASES

EARTH_KM: Final = 6371.0
SECURE_MIN_AGE: Final = 10
SUPPORTED_MIN_AGE: Final = 16
"Under 16 supported accommodation is unlawful (Care Planning Regulations 2010, as amended in 2021)."

CHILDREN: Final = pl.Schema(
    {
        "child": pl.String(), "authority": pl.String(), "sex": pl.String(), "age": pl.Int64(), "kind": pl.String(),
        "basis": pl.String(), "risks": pl.List(pl.String()), "radius": pl.Float64(), "price_limit": pl.Float64(),
        "school": pl.Boolean(), "group": pl.String(), "points": pl.Float64(),
    }
)  # fmt: skip
"""`radius` in kilometres and `price_limit` in pounds a week, null for any; `group`: children to be placed together;
`points`: from the priority rule, higher first."""
HOMES: Final = pl.Schema(
    {
        "home": pl.String(), "kind": pl.String(), "authority": pl.String(), "region": pl.String(), "sex": pl.String(),
        "age_from": pl.Int64(), "age_to": pl.Int64(), "not_risks": pl.List(pl.String()), "free": pl.Int64(),
        "school": pl.Boolean(), "price": pl.Float64(), "quality": pl.Float64(), "living_risks": pl.List(pl.String()),
    }
)  # fmt: skip
"""`free`: staffed places without a child. `quality`: chance that the next inspection finds it strong, 0 to 1.
`living_risks`: of the children who live there."""

HARD: Final[Mapping[str, str]] = {
    "kind": "of the kind that is looked for",
    "law": "lawful for the child's legal basis and age",
    "age": "for the child's age",
    "sex": "for the child's sex",
    "risk": "taking children with these risks",
    "apart": "without a child whom this one must not live with",
    "radius": "within the distance that was set",
    "price": "within the price that was set",
    "bed": "with a staffed place free",
}
"Completes the sentence about the homes that each constraint leaves: homes that are …"
UNLAWFUL: Final = frozenset({"law"})
"Constraints that no concession can relax."


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Points: per 100 km, per risk that meets the same risk among those who live there, without a school where one is
    needed, for a home whose quality is nothing, per £1,000 a week, and for brothers and sisters in different homes.
    An unplaced child costs `unplaced` and `per_point` more for each point of priority."""

    distance: float = 20.0
    mix: float = 15.0
    school: float = 20.0
    quality: float = 30.0
    price: float = 5.0
    siblings: float = 60.0
    unplaced: float = 10_000.0
    per_point: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Arrays of shape (children,), (homes,) or (children, homes). `allowed` gives for each of `HARD` the pairs that
    it permits; `parts` the points of each cost; `cost` their sum."""

    children: pl.DataFrame
    homes: pl.DataFrame
    allowed: Mapping[str, np.ndarray]
    parts: Mapping[str, np.ndarray]
    km: np.ndarray
    unplaced: np.ndarray
    siblings: float
    apart: tuple[tuple[int, int], ...]
    "Pairs of children who must not be placed in one home."

    @property
    def cost(self) -> np.ndarray:
        return np.asarray(sum(self.parts.values()), dtype=np.float64)

    @property
    def possible(self) -> np.ndarray:
        return np.asarray(np.logical_and.reduce(list(self.allowed.values())))

    def without(self, *dropped: str) -> np.ndarray:
        """The pairs that would be possible without these constraints."""
        kept = [held for name, held in self.allowed.items() if name not in dropped]
        return np.asarray(np.logical_and.reduce(kept))


def candidates(
    children: pl.DataFrame, homes: pl.DataFrame, *, apart: pl.DataFrame | None = None, weights: Weights | None = None
) -> Candidates:
    """Every pair of a child (`CHILDREN`) and a home (`HOMES`).

    Args:
        apart: `child` and `other`: a child who must not live with another child of the batch, or in a home (`other` is
            then the home's number: somebody who lives there).

    Raises SpecificationError where a child or a home is listed twice, or a home has a negative number of places.
    """
    weights = weights or Weights()
    children, homes = _of(children, CHILDREN), _of(homes, HOMES)
    for frame, name in ((children, "child"), (homes, "home")):
        if frame[name].is_duplicated().any():
            raise SpecificationError(
                expected=f"each {name} once", found=f"a {name} that is listed twice", where="matching",
                do="Correct the list; nothing was matched.",
            )  # fmt: skip
    if (homes["free"] < 0).any():
        raise SpecificationError(
            expected="places free from 0", found="a number below it", where="matching", do="Correct the vacancies."
        )
    pairs, barred = _apart(children, homes, apart)
    km = _distances(children, homes)
    return Candidates(
        children=children, homes=homes, allowed={**_allowed(children, homes, km), "apart": ~barred},
        parts=_parts(children, homes, km, weights), km=km, apart=pairs, siblings=weights.siblings,
        unplaced=weights.unplaced + weights.per_point * children["points"].fill_null(0.0).to_numpy(),
    )  # fmt: skip


def _of(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _apart(
    children: pl.DataFrame, homes: pl.DataFrame, apart: pl.DataFrame | None
) -> tuple[tuple[tuple[int, int], ...], np.ndarray]:
    barred = np.zeros((children.height, homes.height), bool)
    if apart is None or apart.is_empty():
        return (), barred
    at, home_at = ({name: i for i, name in enumerate(each)} for each in (children["child"], homes["home"]))
    pairs = set()
    for child, other in apart.select("child", "other").iter_rows():
        if child in at and other in home_at:
            barred[at[child], home_at[other]] = True
        elif child in at and other in at and child != other:
            pairs.add((min(at[child], at[other]), max(at[child], at[other])))
    return tuple(sorted(pairs)), barred


def _bits(listed: pl.Series) -> np.ndarray:
    """A list of codes of risks as bits."""
    of = {one.code: 1 << i for i, one in enumerate(RISKS)}
    return np.array([sum(of.get(code, 0) for code in each or ()) for each in listed.to_list()], dtype=np.int64)


def _column(frame: pl.DataFrame, name: str) -> np.ndarray:
    return frame[name].to_numpy()


def _allowed(children: pl.DataFrame, homes: pl.DataFrame, km: np.ndarray) -> dict[str, np.ndarray]:
    def child(name: str) -> np.ndarray:
        return _column(children, name)[:, None]

    def home(name: str) -> np.ndarray:
        return _column(homes, name)[None, :]

    age = child("age")
    secure, supported = home("kind") == "secure", home("kind") == "supported"
    basis = child("basis")
    may_secure = np.isin(basis, list(SECURE_BASES | JUSTICE)) & (age >= SECURE_MIN_AGE)
    lawful = np.where(secure, may_secure, True) & np.where(supported, age >= SUPPORTED_MIN_AGE, True)
    radius = children["radius"].fill_null(np.inf).to_numpy()[:, None]
    limit = children["price_limit"].fill_null(np.inf).to_numpy()[:, None]
    price = homes["price"].fill_null(0.0).to_numpy()[None, :]
    shape = (children.height, homes.height)
    return {
        "kind": child("kind") == home("kind"),
        "law": np.broadcast_to(lawful, shape),
        "age": (age >= homes["age_from"].fill_null(0).to_numpy()[None, :])
        & (age <= homes["age_to"].fill_null(99).to_numpy()[None, :]),
        "sex": (home("sex") == "B") | (child("sex") == home("sex")),
        "risk": (_bits(children["risks"])[:, None] & _bits(homes["not_risks"])[None, :]) == 0,
        "radius": ~(km > radius),  # an unknown distance excludes nobody
        "price": price <= limit,
        "bed": np.broadcast_to(homes["free"].fill_null(0).to_numpy()[None, :] > 0, shape),
    }


def _parts(children: pl.DataFrame, homes: pl.DataFrame, km: np.ndarray, weights: Weights) -> dict[str, np.ndarray]:
    shared = _bits(children["risks"])[:, None] & _bits(homes["living_risks"])[None, :]
    without_school = ~homes["school"].fill_null(value=False).to_numpy()
    known = np.nan_to_num(km, nan=float(np.nanmean(km)) if np.isfinite(km).any() else 0.0)
    shape = (children.height, homes.height)
    quality = homes["quality"].fill_null(0.0).to_numpy()[None, :]
    price = homes["price"].fill_null(homes["price"].mean() or 0.0).to_numpy()[None, :]
    return {
        "distance": weights.distance * known / 100.0,
        "mix": weights.mix * np.bitwise_count(shared).astype(np.float64),
        "school": weights.school
        * (children["school"].fill_null(value=False).to_numpy()[:, None] & without_school[None, :]).astype(np.float64),
        "quality": np.broadcast_to(weights.quality * (1.0 - quality), shape),
        "price": np.broadcast_to(weights.price * price / 1000.0, shape),
    }


def _distances(children: pl.DataFrame, homes: pl.DataFrame) -> np.ndarray:
    """Kilometres as the crow flies from the middle of each child's authority to that of each home's, or of its region
    where the authority's is not known; NaN where neither is."""
    at = centres()
    nowhere = (np.nan, np.nan)
    own = np.radians([at.get(code, nowhere) for code in children["authority"].to_list()]).reshape(-1, 2)
    there = np.radians(
        [at.get(code, at.get(region, nowhere)) for code, region in homes.select("authority", "region").iter_rows()]
    ).reshape(-1, 2)
    lat0, lat1 = own[:, 0][:, None], there[:, 0][None, :]
    across = np.sin((there[:, 1][None, :] - own[:, 1][:, None]) / 2) ** 2
    half = np.sin((lat1 - lat0) / 2) ** 2 + np.cos(lat0) * np.cos(lat1) * across
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half))))
