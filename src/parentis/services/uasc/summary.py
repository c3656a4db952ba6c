"""The first page of the Home Office pack."""

from parentis.figures import FigureTable, Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="The grant pays {uasc.recovery.both} of what unaccompanied children's care and care leavers' support "
            "cost; councils carry the rest, {uasc.gap.both}.",
            above_zero=("uasc.gap.both",),
        ),
    ),
    number=(
        Finding(
            text="A night of a child's care costs {uasc.cost.night}, {uasc.gap.night} of it without grant; a week of a "
            "care leaver's support costs {uasc.cost.week}, {uasc.gap.week} of it without.",
        ),
    ),
    cause=(
        Finding(
            text="The grant covers {uasc.recovery.children} of children's care and {uasc.recovery.leavers} of care "
            "leavers' support: its rates do not follow what placements cost.",
        ),
    ),
    ask=(
        Finding(
            text="Rates that follow costs. The high rate for every authority, rising by two per cent a year, would pay "
            "{uasc.whatif.difference} more in the last year shown.",
            above_zero=("uasc.whatif.difference",),
        ),
        FigureTable(
            title="What the region would be paid, by year",
            measures=("uasc.whatif.cost", "uasc.whatif.now", "uasc.whatif.proposed", "uasc.whatif.difference"),
            rows="period",
            headings=("Cost", "Grant as now", "Grant as proposed", "Difference"),
        ),
    ),
    buys=(
        Finding(
            text="{uasc.whatif.recovery_proposed} of the cost would be recovered, in place of "
            "{uasc.whatif.recovery_now}.",
        ),
    ),
    refusing=(
        Finding(
            text="A child for a year leaves {uasc.gap.year_of_children} to the council that cares for them, and it is "
            "taken from other children's services.",
            above_zero=("uasc.gap.year_of_children",),
        ),
    ),
)
