"""What the service puts into packs and pages: the case to the department, and the service's own page."""

from parentis.figures import Chart, ChartKind, FigureTable, Headline, Prose, Section

PACK = "adoption"
_LISTED, _PUBLISHED, _NEEDED = "adoption.orders", "adoption.published.orders", "adoption.families_needed"

SECTIONS: tuple[Section, ...] = (
    Section(
        id="adoption-waiting",
        title="Children who wait for a family",
        blocks=(
            Headline(
                measures=("adoption.waiting", "adoption.placed_12", "adoption.reversed_24", _NEEDED), only_with=_LISTED
            ),
            Prose(
                text="On 31 March {adoption.waiting} children with a placement order were waiting. Of a hundred with "
                "an "
                "order, {adoption.placed_12} are placed within twelve months and {adoption.reversed_24} have the plan "
                "reversed within twenty-four. A child whose plan is reversed can no longer be placed: shares that "
                "leave "
                "them out, as a mean of days of those who were adopted does, look better than waiting is.",
                only_with=_LISTED,
            ),
            Prose(
                text="For eighty in a hundred children to be placed within twelve months, {adoption.families_needed} "
                "more "
                "families a year would be needed in today's mix. The figure rests on the pool of the last three years, "
                "simulated ahead; its interval is of what is not known and of chance.",
                only_with=_NEEDED,
            ),
            FigureTable(
                title="Activity by year",
                measures=(
                    "adoption.decisions",
                    "adoption.orders",
                    "adoption.placed",
                    "adoption.adopted",
                    "adoption.reversed",
                ),
                headings=("Decisions", "Orders", "Placed", "Adopted", "Reversed"),
                rows="period",
                only_with=_LISTED,
            ),
            FigureTable(
                title="Timeliness by year",
                measures=("adoption.a1", "adoption.a10", "adoption.a2", "adoption.a3"),
                headings=("A1, days", "A10, days", "A2, days", "A3"),
                rows="period",
                note="Means of children adopted or matched in the year. They tell nothing of children who wait still "
                "or whose "
                "plan was reversed.",
                only_with=_LISTED,
            ),
            FigureTable(
                title="By agency",
                measures=("adoption.waiting", "adoption.placed_12", "adoption.placed", "adoption.cost"),
                headings=("Waiting", "Placed in 12 months", "Placed in the year", "Budget"),
                rows="footprint",
                footprint_kinds=("raa",),
                only_with=_LISTED,
            ),
        ),
        packs={PACK: 10},
        otherwise="It needs the lists of children for adoption.",
    ),
    Section(
        id="adoption-published",
        title="What was published",
        blocks=(
            FigureTable(
                title="Children, by place",
                measures=tuple(
                    f"adoption.published.{name}"
                    for name in ("waiting_order", "decisions", "orders", "placed", "adopted", "reversed")
                ),
                headings=("Waiting with an order", "Decisions", "Orders", "Placed", "Adopted", "Reversed"),
                rows="footprint",
                footprint_kinds=("region", "sub-region"),
                note="Printed to the nearest ten, so that a share of two of them has an interval of its own.",
                only_with=_PUBLISHED,
            ),
            FigureTable(
                title="Shares of published counts",
                measures=tuple(
                    f"adoption.published.{name}" for name in ("reversed_share", "waiting_18_share", "minority_share")
                ),
                headings=("Decisions reversed", "Waiting 18 months or more", "Of an ethnic minority, of those waiting"),
                rows="footprint",
                footprint_kinds=("region", "sub-region", "raa"),
                note="Counts are printed to the nearest ten: 70 of 260 is anything from 24 to 29 per cent.",
                only_with=_PUBLISHED,
            ),
            FigureTable(
                title="Timeliness and families",
                measures=tuple(f"adoption.published.{name}" for name in ("a10", "a2", "approved", "families_waiting")),
                headings=("A10, days", "A2, days", "Families approved", "Families waiting"),
                rows="footprint",
                footprint_kinds=("region", "sub-region", "raa"),
                note="Means in whole days, of eleven children or more. The last workbook that was published is of "
                "2022-23.",
                only_with=_PUBLISHED,
            ),
            Chart(
                kind=ChartKind.BAR,
                title="A10 by authority, as published",
                measures=("adoption.published.a10",),
                description="Mean days from entering care to moving in, of each authority for which eleven or more "
                "children "
                "were adopted in the year; the others have none.",
                only_with=_PUBLISHED,
            ),
        ),
        packs={PACK: 20},
        otherwise="It needs the publisher's quarterly workbook.",
    ),
)
