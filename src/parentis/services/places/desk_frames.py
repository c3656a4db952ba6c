"""Frames for the pages of the desk, computed with the figures: the register, refusals and reasons, waits, and the
result of each priority rule on the last year of the log."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from parentis.region import parse_period
from parentis.returns.placements.ofsted import register as ofsted_register
from parentis.returns.places.code_lists import JUSTICE
from parentis.services.places.fairness import gaps
from parentis.services.places.needs import ASKS, PROVIDERS, REFERRALS, VACANCIES
from parentis.services.places.priority_rules import COMPARED, log_digest, priority_rules, try_rule
from parentis.services.places.register import doubts, entries, paid_against_framework

REGIONS: Final = {
    "North East": "E12000001", "North West": "E12000002", "Yorkshire and The Humber": "E12000003",
    "East Midlands": "E12000004", "West Midlands": "E12000005", "East of England": "E12000006",
    "London": "E12000007", "South East": "E12000008", "South West": "E12000009",
}  # fmt: skip
TRIED_KIND: Final = "secure"
"The kind of place to which the desk's rule applies: the scarce one."
MEMBERS: Final = "E09"
"Prefix of the codes of London's authorities, the members of the vehicle."


def desk_frames(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames by name; those without data are left out."""
    referrals, asks, vacancies = latest(tables[REFERRALS], "REFERRAL"), latest_asks(tables), tables[VACANCIES]
    ofsted = _ofsted(tables[PROVIDERS])
    found = {"register": entries(ofsted, vacancies)} if ofsted.height or vacancies.height else {}
    if found:
        found["register_doubts"] = pl.DataFrame(
            [{"urn": one.urn, "what": one.what} for one in doubts(ofsted, vacancies)],
            schema={"urn": pl.String, "what": pl.String},
        )
    if referrals.is_empty():
        return found
    found["refusals"] = refusals(referrals, asks)
    found["refused_by_authority"] = refused_by_authority(referrals, asks)
    found["wait_gaps"] = _wait_gaps(referrals)
    if vacancies.height:
        found["paid"] = _records(paid_against_framework(referrals, vacancies))
        found |= trials(referrals, found["register"])
    return found


def _ofsted(listed: pl.DataFrame) -> pl.DataFrame:
    return ofsted_register(listed)


def latest(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Each referral as in the latest log that contains it."""
    return rows.sort("period", "sequence", maintain_order=True).unique(key, keep="last", maintain_order=True)


def latest_asks(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    asks = tables[ASKS].sort("period", "sequence", maintain_order=True)
    return asks.unique(("REFERRAL", "URN"), keep="last", maintain_order=True)


def refusals(referrals: pl.DataFrame, asks: pl.DataFrame) -> pl.DataFrame:
    """Refusals with their reasons: `period`, `kind`, `urn`, `answer`, `reason`, `asks` (a count)."""
    of = referrals.select("REFERRAL", "KIND", "period")
    return (
        asks.drop("period").join(of, on="REFERRAL")
        .group_by(period="period", kind="KIND", urn="URN", answer="ANSWER", reason=pl.col("REASON").fill_null(""))
        .agg(asks=pl.len())
        .sort("period", "kind", "urn", "answer", "reason")
    )  # fmt: skip


def refused_by_authority(referrals: pl.DataFrame, asks: pl.DataFrame) -> pl.DataFrame:
    """`period`, `kind`, `authority`, `referrals`, `placed`, `asks`, `refused` (asks that were declined or silent)."""
    told = asks.group_by("REFERRAL").agg(asks=pl.len(), refused=pl.col("ANSWER").is_in(["decline", "none"]).sum())
    return (
        referrals.join(told, on="REFERRAL", how="left")
        .group_by(period="period", kind="KIND", authority="LA")
        .agg(
            referrals=pl.len(), placed=(pl.col("OUTCOME") == "placed").sum(),
            asks=pl.col("asks").sum(), refused=pl.col("refused").sum(),
        )
        .sort("period", "kind", "authority")
    )  # fmt: skip


def waits(referrals: pl.DataFrame) -> pl.DataFrame:
    """`days` from referral to the first night of those placed, or to the end of the search, with sex, ethnicity and
    authority; open searches are left out."""
    ended = pl.coalesce("START", "CLOSED")
    return referrals.filter(~pl.col("BASIS").is_in(list(JUSTICE)) & ended.is_not_null()).select(
        "KIND", sex="SEX", ethnicity="ETHNICITY", authority="LA",
        days=(ended - pl.col("REFERRED")).dt.total_days(),
    )  # fmt: skip


def _wait_gaps(referrals: pl.DataFrame) -> pl.DataFrame:
    told = waits(referrals)
    parts = [
        _records(gaps(told.filter(pl.col("KIND") == kind), COMPARED)).with_columns(kind=pl.lit(kind))
        for kind in sorted(set(told["KIND"]))
    ]
    parts = [part for part in parts if part.height]
    return pl.concat(parts) if parts else pl.DataFrame()


def _records(found: tuple[object, ...]) -> pl.DataFrame:
    from dataclasses import asdict

    return pl.DataFrame([asdict(one) for one in found])  # type: ignore[call-overload]


def log_of(referrals: pl.DataFrame) -> pl.DataFrame:
    """The log as `priority_rules.try_rule` reads it: welfare referrals for the scarce kind of place."""
    gone = pl.col("OUTCOME").is_in(["lost", "elsewhere", "withdrawn"])
    return referrals.filter((pl.col("KIND") == TRIED_KIND) & ~pl.col("BASIS").is_in(list(JUSTICE))).select(
        child="REFERRAL", authority="LA", sex="SEX", ethnicity="ETHNICITY",
        age=((pl.col("REFERRED") - pl.col("BORN")).dt.total_days() // 365.25).cast(pl.Int64), kind="KIND",
        basis="BASIS", risks=pl.col("RISKS").fill_null("").str.split(" "), radius=pl.col("RADIUS").cast(pl.Float64),
        referred="REFERRED", stay=(pl.col("END") - pl.col("START")).dt.total_days(),
        so_far=pl.when(pl.col("END").is_null()).then((_last_day(pl.col("period")) - pl.col("START")).dt.total_days()),
        gave_up=pl.when(gone).then("CLOSED"),
    )  # fmt: skip


def _last_day(period: pl.Expr) -> pl.Expr:
    """31 March of a financial year `2024-25`."""
    return pl.date(period.str.slice(0, 4).cast(pl.Int32) + 1, 3, 31)


def homes_of(register: pl.DataFrame, *, free: str = "free") -> pl.DataFrame:
    """The register as `candidates.HOMES`: `free` names the column of places."""
    return register.filter(pl.col(free).is_not_null() & pl.col("sex").is_not_null()).select(
        "kind", "authority", "sex", "age_from", "age_to", "not_risks", "school", "price", home="urn",
        region=pl.col("region").replace_strict(REGIONS, default=None, return_dtype=pl.String),
        free=pl.col(free), quality="mean", living_risks=pl.lit(None, pl.List(pl.String)),
    )  # fmt: skip


def trials(referrals: pl.DataFrame, register: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Every rule on the last year of the log, with the beds that London could use in it."""
    last = parse_period(str(referrals["period"].max()))
    log = log_of(referrals)
    homes = homes_of(register.filter(pl.col("kind") == TRIED_KIND), free="staffed")
    homes = homes.drop("free").join(_held_at_once(referrals, last.start, last.end), on="home", how="left")
    homes = homes.with_columns(pl.col("free").fill_null(0))
    members = frozenset(code for code in referrals["LA"].unique() if code.startswith(MEMBERS))
    known = log_digest(log.filter(pl.col("referred").is_between(last.start, last.end)))
    rows: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for rule in priority_rules():
        tried = try_rule(rule, log, homes, starts=last.start, ends=date(last.end.year, 4, 1), members=members)
        rows.append(
            {"rule": rule.id, "title": rule.title, "why": rule.why, "published": rule.published,
             "digest": rule.digest, "log": known, "year": last.label, "children": tried.children,
             "placed": tried.placed, "mean_days": tried.mean_days, "tenth_days": tried.tenth_days, "far": tried.far,
             "stands": sum(one.stands for one in tried.gaps)}
        )  # fmt: skip
        found.extend({"rule": rule.id, **{name: getattr(one, name) for name in _GAP}} for one in tried.gaps)
    return {"rule_trials": pl.DataFrame(rows), "rule_gaps": pl.DataFrame(found)}


_GAP: Final = ("by", "group", "children", "days", "difference", "low", "high", "chance", "stands")


def _held_at_once(referrals: pl.DataFrame, starts: date, ends: date) -> pl.DataFrame:
    """`home`, `free`: the beds that London could use in a year. Their sum is the highest number of the log's children
    in place on one day, divided between homes by the nights spent there (largest remainders)."""
    welfare = (pl.col("KIND") == TRIED_KIND) & ~pl.col("BASIS").is_in(list(JUSTICE))
    # Of a stay that has not ended, the log records only that it lasted to the end of its year.
    stays = referrals.filter(welfare & pl.col("START").is_not_null()).select(
        home="PLACED_WITH", at=pl.max_horizontal("START", pl.lit(starts)),
        left=pl.coalesce("END", _last_day(pl.col("period"))),
    )  # fmt: skip
    stays = stays.filter((pl.col("at") <= ends) & (pl.col("left") > starts))
    steps = pl.concat([
        stays.select(day="at", step=pl.lit(1, pl.Int64)), stays.select(day="left", step=pl.lit(-1, pl.Int64)),
    ]).sort("day", "step")  # fmt: skip
    beds = int(steps["step"].cum_sum().to_numpy().max()) if steps.height else 0
    nights = stays.group_by("home").agg(nights=(pl.col("left") - pl.col("at")).dt.total_days().sum()).sort("home")
    due = nights.with_columns(due=beds * pl.col("nights") / pl.col("nights").sum())
    due = due.with_columns(whole=pl.col("due").floor().cast(pl.Int64), rest=pl.col("due") - pl.col("due").floor())
    left_over = beds - int(due["whole"].sum())
    ranked = due.with_columns(place=pl.col("rest").rank("ordinal", descending=True))
    return ranked.select("home", free=pl.col("whole") + (pl.col("place") <= left_over).cast(pl.Int64))
