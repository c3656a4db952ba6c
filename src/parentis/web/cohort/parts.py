"""The parts of the cohort's page: each a table with its picture, from the last build's frames and figures."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from parentis import evidence
from parentis.figures import NEAREST, WHOLE
from parentis.web.api.queries import figures
from parentis.web.cohort.held import LONDON, Reader, frame, names_of, place_name
from parentis.web.cohort.sheets import NOT_KNOWN, Line, Sheet, lines_of, number, span

SHOWN_COMBINATIONS: Final = 20
STATES: Final[Mapping[str, str]] = {"in": "in the cohort", "out": "not in it", "not known": NOT_KNOWN}
OTHERS: Final = "other combinations"
NONE_HELD: Final = "The figures of the cohort have not been built yet."

Asked = Mapping[str, str]


def versions() -> list[tuple[str, int]]:
    """Definition and version of every version that was counted, the newest first."""
    held = frame("counts")
    if held is None or held.is_empty():
        return []
    return held.select("definition", "version").unique().sort("definition", "version", descending=True).rows()


def days() -> list[date]:
    """The days of which the cohort is known, the latest first."""
    held = frame("counts")
    return [] if held is None else held["day"].unique().sort(descending=True).to_list()


def chosen(asked: Asked) -> tuple[str, int, date] | None:
    """The version and day asked for, else the newest; None before a build."""
    known, held = versions(), days()
    if not known or not held:
        return None
    wanted = next((one for one in known if f"{one[0]} v{one[1]}" == asked.get("version")), known[0])
    return *wanted, next((day for day in held if day.isoformat() == asked.get("day")), held[0])


def _of(name: str, asked: Asked, **equal: Any) -> pl.DataFrame:
    """A frame's rows of the version and day asked for; empty before a build."""
    held, which = frame(name), chosen(asked)
    if held is None or which is None:
        return pl.DataFrame()
    wanted = {"definition": which[0], "version": which[1], "day": which[2], **equal}
    return held.filter(*(pl.col(key) == value for key, value in wanted.items() if key in held.columns))


def boroughs(reader: Reader, _asked: Asked) -> Sheet:
    """The rate of each borough by the newest version, its own marked; small numbers are hidden by the figures."""
    held = figures(reader.viewer, "cohort.rate", None, None, WHOLE)
    counted = figures(reader.viewer, "cohort.children", None, None, WHOLE)
    if held.height:
        held = held.filter(pl.col("period_end") == pl.col("period_end").max())
        counted = counted.filter(pl.col("period_end") == pl.col("period_end").max())
        held = held.join(counted.select("geography", children="value"), on="geography", how="left")
        names = names_of([one for one in held["geography"].unique() if one == LONDON or one.startswith("E0")])
        held = (
            held.filter(pl.col("geography").is_in(list(names)))
            .with_columns(name=pl.col("geography").replace_strict(names), own=pl.col("geography") == reader.place)
            .sort("name")
        )
    drawn = held.filter(pl.col("value").is_not_null()).sort("value", descending=True) if held.height else held
    rows = held.rows(named=True) if held.height else []
    return Sheet(
        id="boroughs",
        title="Rate by borough",
        lead="By the newest version, on the latest day. Children in the cohort for 10,000 children aged 10 to 17 who "
        "live there, with the interval that chance allows (95 %). A rate of fewer than six children is hidden, and "
        "others where it would follow.",
        headings=("Place", "Children", "For 10,000 children", "95 % interval"),
        lines=lines_of(
            rows,
            lambda row: row["name"],
            lambda row: number(row["children"], none="hidden"),
            lambda row: number(row["value"], 1, none="hidden"),
            lambda row: span(row["low"], row["high"], 1),
            own=lambda row: row["own"],
        ),
        picture=evidence.interval_chart(drawn.select("name", "own", "low", "value", "high"), "for 10,000 children")
        if len(drawn)
        else "",
        alternative="Rates of the boroughs with their intervals",
    )


def signs(reader: Reader, asked: Asked) -> Sheet:
    """Of how many children each sign says yes, no, or nothing."""
    rows = _titled(_of("rule_counts", asked, geography=reader.place))
    return Sheet(
        id="signs",
        title="What each sign says",
        lead="A sign whose table is not held says not known of every child, and never no.",
        headings=("Sign", "Yes", "No", "Not known"),
        lines=lines_of(
            rows,
            lambda row: row["title"],
            lambda row: number(row["yes"]),
            lambda row: number(row["no"]),
            lambda row: number(row["not_known"]),
            own=lambda _row: False,
        ),
    )


def _titled(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows with the title of the rule in `name`."""
    titles = rule_titles()
    return [{**row, "title": titles.get(row["name"], row["name"])} for row in rows.iter_rows(named=True)]


def rule_titles() -> dict[str, str]:
    """The name of a rule to its marker's title."""
    held = frame("definition_rules")
    return {} if held is None else dict(held.select("name", "title").unique("name", maintain_order=True).rows())


def flow(reader: Reader, asked: Asked) -> Sheet:
    """Who comes in and who leaves when a version gives way to the next."""
    held = frame("flow")
    which = chosen(asked)
    found = pl.DataFrame()
    if held is not None and held.height and which is not None:
        found = held.filter(
            pl.col("definition") == which[0], pl.col("day") == which[2], pl.col("geography") == reader.place
        )
        found = found.filter(pl.col("after") == found["after"].max()).sort("was", "is") if found.height else found
    rows = found.rows(named=True)
    return Sheet(
        id="flow",
        title=f"From version {rows[0]['before']} to version {rows[0]['after']}" if rows else "From version to version",
        lead="The same children on the same day, by both versions.",
        headings=("By the version before", "By the version after", "Children"),
        lines=lines_of(
            rows,
            lambda row: STATES.get(row["was"], row["was"]),
            lambda row: STATES.get(row["is"], row["is"]),
            lambda row: number(row["children"]),
            own=lambda _row: False,
        ),
    )


def entrants(reader: Reader, asked: Asked) -> Sheet:
    """Which signs those who came in by the newer version have."""
    held, which = frame("flow_because"), chosen(asked)
    found = pl.DataFrame()
    if held is not None and held.height and which is not None:
        found = held.filter(
            pl.col("definition") == which[0], pl.col("day") == which[2], pl.col("geography") == reader.place
        )
        found = found.filter(pl.col("after") == found["after"].max()) if found.height else found
    rows = _titled(found)
    return Sheet(
        id="entrants",
        title="Why children come in",
        lead="Of those the newer version brings in, how many have each sign. A child may have several.",
        headings=("Sign", "Children brought in"),
        lines=lines_of(rows, lambda row: row["title"], lambda row: number(row["children"]), own=lambda _row: False),
    )


def overlap(_reader: Reader, asked: Asked) -> Sheet:
    """Combinations of signs, the commonest first, as an UpSet table."""
    held = _of("overlap", asked)
    titles = rule_titles()
    ordered = (
        held.sort(pl.col("names") == OTHERS, pl.col("children"), descending=[False, True], nulls_last=True)
        if len(held)
        else held
    )
    rows = ordered.head(SHOWN_COMBINATIONS).rows(named=True) if len(ordered) else []
    used = [name for name in titles if any(name in row["names"].split(" + ") for row in rows)]
    return Sheet(
        id="overlap",
        title="Which signs come together",
        lead="Children of the cohort, in London, by the signs that say yes of them together. Combinations of fewer "
        "than six children are hidden; counts are to the nearest ten.",
        headings=("Signs", *(titles[name] for name in used), "Children"),
        lines=tuple(
            Line(
                cells=(
                    _combination(row["names"], titles),
                    *("●" if name in row["names"].split(" + ") else "" for name in used),
                    number(row["children"]),
                )
            )
            for row in rows
        ),
        picture=_drawn(rows, titles, used),
        alternative="Children by combination of signs",
    )


def _combination(names: str, titles: Mapping[str, str]) -> str:
    if names == OTHERS:
        return "Other combinations, each too small to show"
    return " + ".join(titles.get(name, name) for name in names.split(" + ")) if names else "No sign"


def _drawn(rows: list[dict[str, Any]], titles: Mapping[str, str], used: list[str]) -> str:
    shown = [row for row in rows if row["children"] and row["names"] and row["names"] != OTHERS]
    if not shown:
        return ""
    return evidence.upset_chart(
        pl.DataFrame(
            {
                "marks": [[titles.get(name, name) for name in row["names"].split(" + ")] for row in shown],
                "value": [row["children"] for row in shown],
            }
        ),
        [titles[name] for name in used],
        "children",
    )


def disparity(_reader: Reader, asked: Asked) -> Sheet:
    """Each group's share in the cohort beside all the others'."""
    held = _of("disparity", asked)
    rows = held.sort("by", "group").rows(named=True) if held.height else []
    drawn = [row for row in rows if row["ratio"] is not None]
    return Sheet(
        id="disparity",
        title="Who is in it, by sex and ethnic group",
        lead="Share of looked-after children of each group who are in the cohort, in London, and that share beside the "
        "share of all the other children (95 % interval). A ratio whose interval holds 1 may be chance. Small groups "
        "are hidden.",
        headings=("Group", "In the cohort", "Looked after", "Share, %", "Beside the others", "95 % interval"),
        lines=lines_of(
            rows,
            lambda row: row["group"],
            lambda row: number(row["cohort"]),
            lambda row: number(row["looked_after"]),
            lambda row: number(row["share"], 1),
            lambda row: number(row["ratio"], 2),
            lambda row: span(row["low"], row["high"], 2),
            own=lambda _row: False,
        ),
        picture=evidence.interval_chart(
            pl.DataFrame(
                {
                    "name": [row["group"] for row in drawn],
                    "own": [False] * len(drawn),
                    **{
                        key: [float(row[of]) for row in drawn]
                        for key, of in (("low", "low"), ("value", "ratio"), ("high", "high"))
                    },
                }
            ),
            "times the share of the others",
            1.0,
        )
        if drawn
        else "",
        alternative="Ratios of the groups with their intervals; 1 is no difference",
    )


def cost(reader: Reader, asked: Asked) -> Sheet:
    """What the placements of the cohort's children cost a week."""
    held = _of("cost", asked, geography=reader.place)
    rows = held.rows(named=True) if held.height else []
    return Sheet(
        id="cost",
        title="What the cohort costs",
        lead="Prices of their placements on the day, a week; where a placement has no price of its own, that of its "
        "kind (80 % interval).",
        headings=(
            "Place",
            "Children",
            "With a price of their own",
            "£ a week",
            "80 % interval",
            "Of children, %",
            "Of cost, %",
        ),
        lines=lines_of(
            rows,
            lambda row: place_name(row["geography"]),
            lambda row: _near(row, "children"),
            lambda row: _near(row, "priced"),
            lambda row: number(row["weekly"]),
            lambda row: span(row["low"], row["high"]),
            lambda row: number(row["share_children"], 1),
            lambda row: number(row["share_cost"], 1),
            own=lambda row: row["geography"] == reader.own,
        ),
    )


def _near(row: dict[str, Any], key: str) -> str:
    """An authority's own count; the region's to the nearest ten."""
    return number(row[key] if row["geography"] != LONDON else round(row[key] / NEAREST) * NEAREST)


def history(reader: Reader, _asked: Asked) -> Sheet:
    """The cohort of the reader's place by every kept version on every day."""
    held = frame("counts")
    rows = (
        held.filter(pl.col("geography") == reader.place)
        .sort("definition", "version", "day", descending=[False, True, True])
        .rows(named=True)
        if held is not None and held.height
        else []
    )
    return Sheet(
        id="history",
        title=f"{reader.name} by every version, on every day",
        lead="Each day as it was known then: nothing later than the day is used.",
        headings=(
            "Version",
            "Day",
            "In the cohort",
            "Not known",
            "Looked after",
            "For 10,000 children",
            "95 % interval",
        ),
        lines=lines_of(
            rows,
            lambda row: f"{row['definition']} v{row['version']}",
            lambda row: f"{row['day']:%-d %B %Y}",
            lambda row: number(row["children"]),
            lambda row: number(row["not_known"]),
            lambda row: number(row["looked_after"]),
            lambda row: number(row["rate"], 1, none=NOT_KNOWN),
            lambda row: span(row["low"], row["high"], 1),
            own=lambda _row: False,
        ),
    )


PARTS: Final[Mapping[str, tuple[str, tuple[Callable[[Reader, Asked], Sheet], ...]]]] = {
    "counts": ("Counts and rates", (boroughs, signs)),
    "flow": ("From version to version", (flow, entrants)),
    "overlap": ("Overlap of signs", (overlap,)),
    "disparity": ("Disparity", (disparity,)),
    "cost": ("Cost", (cost,)),
    "history": ("History", (history,)),
}
"A part's title and its sheets."
