"""The scrutiny pack: what a region asks about custody each week, and about its own answers to requests."""

from parentis.figures import Block, Chart, ChartKind, FigureTable, Headline, Prose, Section

PACK = "custody-scrutiny"
_MONTH, _WEEK, _RATIO = "custody.month", "custody.week", "custody.disparity"
_ONLY = f"{_MONTH}.detentions"

_GROUPS = {
    "ethnicity=A": "Asian",
    "ethnicity=B": "Black",
    "ethnicity=M": "Mixed",
    "ethnicity=O": "Other",
    "ethnicity=W": "White",
    "ethnicity=N": "Not stated",
    "A": "Asian",
    "B": "Black",
    "M": "Mixed",
    "O": "Other",
    "W": "White",
    "N": "Not stated",
}


def _table(title: str, prefix: str, columns: dict[str, str], *, rows: str = "period", note: str = "") -> FigureTable:
    """`columns`: end of the measure's id → heading."""
    measures = tuple(f"{prefix}.{name}" for name in columns)
    return FigureTable(
        title=title,
        measures=measures,
        headings=tuple(columns.values()),
        rows=rows,
        footprint_kinds=("bcu",) if rows == "footprint" else (),
        labels=_GROUPS,
        note=note,
        only_with=measures[0],
    )


_DETENTIONS = {"detentions": "All", "overnight": "Overnight", "weekend": "Weekend", "kept": "Kept after charge"}

_LARGE = {"detentions": "All", "overnight": "Overnight"}
_LOCAL = {f"local_{name}": heading for name, heading in _LARGE.items()}

_SCALE: tuple[Block, ...] = (
    Headline(measures=tuple(f"{_MONTH}.{name}" for name in _DETENTIONS), only_with=_ONLY),
    Prose(
        text="Counts are of detentions, not of children: there were {custody.month.repeats}. "
        "*Overnight* is four consecutive hours or more between midnight and eight; *weekend* is some of a Saturday or "
        "Sunday up to a release on the Monday or later.",
        only_with=_ONLY,
    ),
    _table("Detentions by month", _MONTH, _DETENTIONS),
    _table(
        "Detentions by week", _WEEK, _DETENTIONS, note="Weeks begin on Mondays; the first and last may not be whole."
    ),
    _table(
        "Detentions by police command of the authority responsible",
        _MONTH,
        {"adult_minutes": "Minutes to appropriate adult", "after_charge_hours": "Hours after charge", **_LOCAL},
        rows="footprint",
        note="Not by where the child was held. Totals of fewer than three authorities are not shown.",
    ),
    Chart(
        kind=ChartKind.TREND,
        title="Detentions week by week",
        measures=tuple(f"{_WEEK}.{name}" for name in ("detentions", "overnight")),
        headings=("All", "Overnight"),
        description="Lines of all detentions and of overnight ones, one point a week.",
        only_with=f"{_WEEK}.detentions",
    ),
)

_TRANSFER: tuple[Block, ...] = (
    Prose(
        text="Of {custody.month.kept} children kept after charge, accommodation was asked for in "
        "{custody.month.requested} and {custody.month.transferred} were moved. They were kept for "
        "{custody.month.after_charge_hours} after charge on average. A request that is not for secure accommodation "
        "cannot lawfully be refused (Children Act 1989, s.21(2)(b)): {custody.month.failed} of those requests met with "
        "a failure to accommodate.",
        only_with=f"{_MONTH}.kept",
    ),
    _table(
        "Requests, answers and transfers by month",
        _MONTH,
        {
            "kept": "Kept after charge",
            "requested": "Asked for",
            "secure": "Of requests, secure",
            "secure_justified": "Of secure, with reason",
            "answer_minutes": "Minutes to answer",
            "failed": "Failed, s.21",
            "transferred": "Moved",
            "after_charge_hours": "Hours after charge",
        },
    ),
    _table(
        "Requests, answers and transfers by authority",
        _MONTH,
        {"requested": "Asked for", "transferred": "Moved", "after_charge_hours": "Hours after charge"},
        rows="authority",
    ),
    _table(
        "Certificates for the court by month",
        _MONTH,
        {"certified": "There", "certified_impracticable": "As impracticable"},
        note="Of children kept after charge and not moved (PACE 1984, s.38(7)).",
    ),
)

_CARE: tuple[Block, ...] = (
    _table(
        "Adults, reports and routing by month",
        _MONTH,
        {
            "adult_minutes": "Minutes to appropriate adult",
            "adult_came": "Adult came",
            "merlin_prompt": "Merlin prompt",
            "acknowledged_minutes": "Minutes to acknowledge",
            "by_table": "Routed without a person",
        },
    ),
    _table(
        "Adults, reports and routing by authority",
        _MONTH,
        {
            "adult_minutes": "Minutes to appropriate adult",
            "adult_came": "Adult came",
            "merlin_prompt": "Merlin prompt",
            "acknowledged_minutes": "Minutes to acknowledge",
        },
        rows="authority",
    ),
)

_DISPARITY: tuple[Block, ...] = (
    Prose(
        text="Each group's share of detentions is compared with White children's: 1 is the same, 2 twice as likely. "
        "The denominators are detentions, so that this says nothing of who is arrested. Groups are self-defined. An "
        "interval that holds 1 is no proof of equality, only of too few detentions to tell.",
        only_with=f"{_RATIO}.kept",
    ),
    *(
        _table(
            title,
            _RATIO,
            {name: "Rate ratio"},
            rows="breakdown",
            note="Low and high are an exact 95 % interval.",
        )
        for name, title in (
            ("overnight", "Held overnight, against White children"),
            ("kept", "Kept after charge, against White children"),
            ("strip_search", "Strip searched, against White children"),
            ("force", "Force used, against White children"),
        )
    ),
    _table("Detentions by ethnic group", _MONTH, _LARGE, rows="breakdown"),
)

_NOTHING = "Detentions come from the custody desk."

SECTIONS: tuple[Section, ...] = tuple(
    Section(id=f"custody-{name}", title=title, blocks=blocks, packs={PACK: 10 * place}, otherwise=_NOTHING)
    for place, (name, title, blocks) in enumerate(
        (
            ("detentions", "Children in custody", _SCALE),
            ("transfers", "Accommodation in place of cells", _TRANSFER),
            ("care", "Adults, reports, and whose child", _CARE),
            ("disparity", "Disparity", _DISPARITY),
        ),
        1,
    )
)
