"""The measures of the newest definition in force: children in the cohort, their rate, share and cost."""

from typing import Any, Final

from parentis.figures import Audience, Counts, Measure, Population

LOOKED_AFTER: Final = Population(id="looked-after children in the cohort's ages")
"In and not in the cohort are parts of it, so that one decision hides a cell wherever it shows."
IN: Final = "cohort=in"
RETURNS: Final = "looked-after children returns, placement costs and the placement desk's log, as known on the day"


def _measure(name: str, title: str, unit: str, definition: str, people: tuple[Counts, ...], **more: Any) -> Measure:
    return Measure(
        id=f"cohort.{name}", title=title, unit=unit, definition=definition, people=people,
        **{"source": RETURNS, "audience": Audience.MEMBERS} | more,
    )  # fmt: skip


_COUNT: Final = Counts(of=LOOKED_AFTER, value=1, where=IN)
_TOLD: Final = (Counts(of=LOOKED_AFTER, told=True, where=IN), Counts(of=LOOKED_AFTER, n=1, where=IN))

MEASURES: Final = (
    _measure(
        "children", "Children in the older cohort", "count",
        "Looked-after children of the definition's ages, on the day, whom enough of its signs say yes of.", (_COUNT,),
    ),
    _measure(
        "not_known", "Children of whom it is not known", "count",
        "Not in by the signs that are known; a sign whose table is not held could bring them in.",
        (Counts(of=LOOKED_AFTER, value=1, where="cohort=not-known"),),
    ),
    _measure(
        "looked_after", "Looked-after children of the cohort's ages", "count",
        "On the night of the day, short breaks and children without a date of birth left out.",
        (Counts(of=LOOKED_AFTER, value=1),),
    ),
    _measure(
        "rate", "Older cohort per 10,000 residents aged 10 to 17", "per 10,000",
        "Children in the cohort ÷ residents aged 10 to 17 (ONS, mid-2023); exact Poisson 95 % interval.", _TOLD,
        decimals=1,
    ),
    _measure(
        "share", "Share of looked-after children in the older cohort", "%",
        "100 × children in the cohort ÷ looked-after children of its ages. At least this: those not known count as "
        "looked "
        "after.", (Counts(of=LOOKED_AFTER, n=1, part=IN),), decimals=1,
    ),
    _measure(
        "weekly_cost", "Weekly cost of the older cohort's placements", "pounds a week",
        "Children in the cohort by kind of placement × the demand model's gross price; kinds without a price cost "
        "nothing "
        "here. 80 % interval of the prices.", _TOLD, audience=Audience.OWN,
    ),
)  # fmt: skip
