"""The cost of caring for unaccompanied children and care leavers compared with Home Office income, by place.

`cost per child-night = Σ placement £ ÷ nights + Σ non-placement £ ÷ nights`; `gap = cost − income`; `recovery = income
÷ cost`. Nights and income come from the ledger, for all authorities whether they answered or not; costs come from the
survey, grossed up (`grossing`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from parentis.figures import WHOLE, breakdown
from parentis.region import footprints
from parentis.services.uasc.grossing import FEWEST, LEVEL, GrossedUp, gross_up
from parentis.services.uasc.records import LEAVER, YEAR_NIGHTS, Ledger

QUARTILES = (0.25, 0.75)
METHOD = "answers as given; blanks by the ratio of those who answered, per child-night (children) and week (leavers)"
ALONE = "answers as given; too few authorities answered to predict what is blank"

GROUPS: Mapping[str, tuple[str, float]] = {"child": ("night", YEAR_NIGHTS), "leaver": ("week", YEAR_NIGHTS / 7)}
"For each group, its unit and the number of units in a year."
NAMES: Mapping[str, str] = {"child": "children", "leaver": "leavers", "both": "both"}

VALUES: dict[str, pl.DataType] = {
    "measure": pl.String(),
    "geography": pl.String(),
    "breakdown": pl.String(),
    "period": pl.String(),
    "value": pl.Float64(),
    "low": pl.Float64(),
    "high": pl.Float64(),
    "level": pl.Float64(),
    "n": pl.Int64(),
    "authority_set": pl.String(),
    "method": pl.String(),
}
Value = tuple[str, str, float, float | None, float | None, float | None]
"Measure, breakdown, value, low, high, level."


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year's survey and ledger. `columns` are the (group, heading, part) with at least one answer.

    `answers` and `exposure` are (authorities, columns), answers NaN where blank; `volume` and `income` are by group
    (authorities,).
    """

    period: str
    authorities: tuple[str, ...]
    columns: tuple[tuple[str, str, str], ...]
    answers: np.ndarray
    exposure: np.ndarray
    volume: Mapping[str, np.ndarray]
    income: Mapping[str, np.ndarray]

    def of(self, group: str, part: str = "", heading: str = "") -> np.ndarray:
        """Indices of the columns of a group (`both`: of either), and of a part or a heading of it."""
        return np.array(
            [
                at
                for at, one in enumerate(self.columns)
                if group in ("both", one[0]) and part in ("", one[2]) and heading in ("", one[1])
            ],
            dtype=np.int64,
        )


def carried(held: Ledger) -> pl.DataFrame:
    """Volume and income in the ledger: `authority, period, group, volume` (nights; weeks of care leavers), `income`,
    `people`."""
    volume = pl.when(pl.col("group") == LEAVER).then(pl.col("nights") / 7).otherwise(pl.col("nights"))
    return (
        held.nights.group_by("authority", "group", period="financial_year")
        .agg(volume=volume.cast(pl.Float64).sum(), income=pl.col("income").sum(), people=pl.col("child").n_unique())
        .select("authority", "period", pl.col("group").cast(pl.String), "volume", "income", "people")
        .sort("authority", "period", "group")
    )


def people(held: Ledger) -> pl.DataFrame:
    """The people behind `carried`: `authority, period, group, person`, each once."""
    return (
        held.nights.select("authority", "child", pl.col("group").cast(pl.String), period="financial_year")
        .unique()
        .join(held.persons, on=["authority", "child"])
        .select("authority", "period", "group", "person")
        .unique()
    )


COUNTED: Mapping[str, str] = {"child_nights": "child", "leaver_weeks": "leaver"}
"Volumes that authorities report, and the group whose volume in the ledger should be equal."


def counts_beside(told: pl.DataFrame, carried: pl.DataFrame) -> pl.DataFrame:
    """Authorities' own counts (`costs.denominators`) compared with the ledger: `authority, period, measure, told,
    ledger, difference` (per cent of the ledger's; null where it has none)."""
    groups = pl.col("measure").replace_strict(COUNTED, default=None, return_dtype=pl.String)
    held = carried.select("authority", "period", "group", ledger="volume")
    return (
        told.filter(pl.col("measure").is_in(list(COUNTED)) & pl.col("value").is_not_null())
        .with_columns(group=groups)
        .join(held, on=["authority", "period", "group"], how="left")
        .select(
            "authority",
            "period",
            "measure",
            "ledger",
            told="value",
            difference=pl.when(pl.col("ledger") > 0).then(100 * (pl.col("value") / pl.col("ledger") - 1)),
        )
        .sort("authority", "period", "measure")
    )


def years(answers: pl.DataFrame, carried: pl.DataFrame) -> list[Year]:
    """Every year with both a survey and a ledger.

    `answers` comes from `costs.answers`, `carried` from `carried`. Authorities without a ledger are left out.
    """
    told = answers.filter(pl.col("pounds").is_not_null())
    periods = sorted(set(told["period"]) & set(carried["period"]))
    return [_year(period, told.filter(period=period), carried.filter(period=period)) for period in periods]


def _year(period: str, told: pl.DataFrame, carried: pl.DataFrame) -> Year:
    names = tuple(carried["authority"].unique().sort())
    index = {name: at for at, name in enumerate(names)}
    columns = tuple(told.select("group", "heading", "part").unique().sort("group", "part", "heading").iter_rows())
    place = {one[:2]: at for at, one in enumerate(columns)}
    answers = np.full((len(names), len(columns)), np.nan)
    for authority, group, heading, pounds in told.select("authority", "group", "heading", "pounds").iter_rows():
        if authority in index:
            cell = index[authority], place[(group, heading)]
            answers[cell] = np.nan_to_num(answers[cell]) + pounds
    volume = {group: np.zeros(len(names)) for group in GROUPS}
    income = {group: np.zeros(len(names)) for group in GROUPS}
    for authority, group, amount, pounds in carried.select("authority", "group", "volume", "income").iter_rows():
        volume[group][index[authority]] += amount
        income[group][index[authority]] += pounds or 0.0
    exposure = np.stack([volume[group] for group, _, _ in columns], axis=1) if columns else np.zeros((len(names), 0))
    return Year(
        period=period,
        authorities=names,
        columns=columns,
        answers=answers,
        exposure=exposure,
        volume=volume,
        income=income,
    )


def compare(surveyed: Sequence[Year], places: pl.DataFrame) -> pl.DataFrame:
    """`VALUES` of every place in every year surveyed.

    `places` has `geography, name, is_footprint, period, authority, members`: one row a member of a place in a period.
    """
    rows = [row for year in surveyed for row in _of_year(year, places.filter(period=year.period))]
    return pl.DataFrame(rows, schema=VALUES, orient="row")


def _of_year(year: Year, places: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    index = {name: at for at, name in enumerate(year.authorities)}
    regions = {one.id for one in footprints() if one.kind == "region"}
    by_place = places.group_by("geography", "name", "is_footprint", "members").agg("authority").sort("geography")
    for geography, name, is_footprint, members, own in by_place.iter_rows():
        wanted = np.zeros(len(index), dtype=bool)
        wanted[[index[one] for one in own if one in index]] = True
        answered = int((~np.isnan(year.answers[wanted])).any(axis=1).sum())
        if not answered:
            continue
        said = f"{answered} of {members} {name} authorities answered" if is_footprint else name
        # By heading only for authorities and regions: with all footprints, disclosure control would hide nearly
        # everything.
        values = list(_costs(year, wanted, by_heading=not is_footprint or geography in regions))
        method = METHOD if any(low is not None for _, _, _, low, _, _ in values) else ALONE
        if is_footprint:
            of = int((wanted & np.any([year.volume[group] > 0 for group in GROUPS], axis=0)).sum())
            values += [
                ("uasc.response.answered", WHOLE, float(answered), None, None, None),
                ("uasc.response.rate", WHOLE, 100 * answered / of, None, None, None),
            ]
        for measure, kind, value, low, high, level in values:
            yield measure, geography, kind, year.period, value, low, high, level, answered, said, method


def _costs(year: Year, wanted: np.ndarray, *, by_heading: bool) -> Iterator[Value]:
    wholes = {group: _cost(year, wanted, year.of(group)) for group in NAMES}
    for group, cost in wholes.items():
        if cost is not None:
            yield from _against_income(year, wanted, group, cost)
    for group, (unit, _) in GROUPS.items():
        volume, cost = float(year.volume[group][wanted].sum()), wholes[group]
        if cost is None or not volume:
            continue
        yield _scaled(f"uasc.cost.{unit}", WHOLE, cost, volume)
        for part in ("placement", "non-placement"):
            some = _cost(year, wanted, year.of(group, part))
            if some is not None:
                yield _scaled(f"uasc.cost.{unit}", breakdown({"part": part}), some, volume)
        if by_heading:
            yield from _by_heading(year, wanted, group, cost, volume)


def _cost(year: Year, wanted: np.ndarray, columns: np.ndarray) -> GrossedUp | None:
    """None where none of the wanted authorities answered any of the columns."""
    if not len(columns):
        return None
    found = gross_up(year.answers[:, columns], year.exposure[:, columns], wanted)
    return found if found.answered else None


def _against_income(year: Year, wanted: np.ndarray, group: str, cost: GrossedUp) -> Iterator[Value]:
    groups = tuple(GROUPS) if group == "both" else (group,)
    income = float(sum(year.income[one][wanted].sum() for one in groups))
    name, (low, high, level) = NAMES[group], _interval(cost)
    yield f"uasc.cost.{name}", WHOLE, cost.total, low, high, level
    yield f"uasc.gap.{name}", WHOLE, cost.total - income, _less(low, income), _less(high, income), level
    if cost.total > 0:
        least, most = (None if one is None or one <= 0 else 100 * income / one for one in (high, low))
        yield f"uasc.recovery.{name}", WHOLE, 100 * income / cost.total, least, most, level if most else None
    if group == "both":
        return
    unit, of_a_year = GROUPS[group]
    volume = float(year.volume[group][wanted].sum())
    if volume:
        apart = [None if one is None else (one - income) / volume for one in (cost.total, low, high)]
        yield f"uasc.gap.{unit}", WHOLE, apart[0] or 0.0, apart[1], apart[2], level
        scaled = [None if one is None else one * of_a_year for one in apart]
        yield f"uasc.gap.year_of_{NAMES[group]}", WHOLE, scaled[0] or 0.0, scaled[1], scaled[2], level


def _by_heading(year: Year, wanted: np.ndarray, group: str, cost: GrossedUp, volume: float) -> Iterator[Value]:
    """Each heading's cost per night (or week), and the gap at the cost of a cheap or a dear authority."""
    unit, columns = GROUPS[group][0], year.of(group)
    gap = (cost.total - float(year.income[group][wanted].sum())) / volume
    for at, column in enumerate(columns):
        own = cost.by_heading[at] / volume
        if not own:
            continue
        kind = breakdown({"heading": year.columns[column][1]})
        yield f"uasc.heading.{unit}", kind, own, None, None, None
        told = ~np.isnan(year.answers[:, column]) & (year.exposure[:, column] > 0)
        if wanted.sum() > 1 and told.sum() >= FEWEST:
            each = year.answers[told, column] / year.exposure[told, column]
            low, high = (gap - own + float(np.quantile(each, quartile)) for quartile in QUARTILES)
            yield f"uasc.sensitivity.{unit}", kind, gap, low, high, QUARTILES[1] - QUARTILES[0]


def _scaled(measure: str, kind: str, cost: GrossedUp, volume: float) -> Value:
    low, high, level = _interval(cost)
    return (
        measure,
        kind,
        cost.total / volume,
        None if low is None else low / volume,
        None if high is None else high / volume,
        level,
    )


def _interval(cost: GrossedUp) -> tuple[float | None, float | None, float | None]:
    return cost.low, cost.high, None if cost.low is None else LEVEL


def _less(value: float | None, income: float) -> float | None:
    return None if value is None else value - income
