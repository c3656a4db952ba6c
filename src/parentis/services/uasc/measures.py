"""The service's measures."""

from collections.abc import Mapping
from typing import Any

from parentis.figures import DAYS, FEWEST, WEEKS, Audience, Counts, Measure, NoPeople, People, Polarity, Population

_SURVEY = "cost survey (uasc.survey), looked-after children return, claim register, dated rates (docs/methods/uasc.md)"
_LEDGER = "looked-after children return, claim register, dated rates (docs/methods/uasc.md)"
_HOME_OFFICE = "Home Office, National Transfer Scheme"
_DFE_ONS = "DfE, children looked after on 31 March, through LAIT; ONS mid-year populations"
_MODEL = "demand model; cost survey, claim register, dated rates (docs/methods/uasc.md)"
_INTERVAL = "The interval of 95 % is for what was not answered: where everything was, there is none."
_FUTURES = "Mean of the simulated futures; the interval holds eight in ten of them."

CHILDREN = Population(id="uasc children in the year")
LEAVERS = Population(id="uasc care leavers in the year")
NIGHTS = Population(id="uasc child-nights", threshold=FEWEST * DAYS)
LEAVER_WEEKS = Population(id="uasc leaver-weeks", threshold=FEWEST * WEEKS)
STOCK = Population(id="uasc children on 31 March")
AHEAD = Population(id="uasc people on an average night to come")
"Those whose grant is reckoned ahead, by group."
TOLD: Mapping[str, tuple[Counts, ...]] = {
    "children": (Counts(of=NIGHTS, told=True),),
    "leavers": (Counts(of=LEAVER_WEEKS, told=True),),
    "both": (Counts(of=NIGHTS, told=True), Counts(of=LEAVER_WEEKS, told=True)),
}
"The counts that amounts of each group reveal: given a price or a rate, its nights and weeks."
PUBLIC = NoPeople("made of what the Home Office, DfE and ONS publish")
RESPONSE = NoPeople("counts authorities")

_GROUPS: Mapping[str, str] = {
    "children": "unaccompanied children",
    "leavers": "care leavers",
    "both": "unaccompanied children and care leavers",
}
_THRESHOLDS: Mapping[str, str] = {
    "funding": "From it on the high rate is paid: 0.07 %",
    "transfer": "From it on transfers in are a choice: 0.1 % since 24 August 2022, 0.07 % before,",
}
_PER: Mapping[str, tuple[str, str]] = {
    "night": ("£ per child-night", "children"),
    "week": ("£ per leaver-week", "leavers"),
}


def _measure(
    name: str,
    title: str,
    unit: str,
    definition: str,
    *,
    source: str = _SURVEY,
    audience: Audience = Audience.OWN,
    polarity: Polarity = Polarity.NEUTRAL,
    people: People,
    decimals: int | None = None,
) -> Measure:
    usual = {"£": 0, "count": 0, "%": 1}.get(unit, 2 if unit.startswith("£ per child-n") else 0)
    return Measure(
        id=f"uasc.{name}",
        title=title,
        unit=unit,
        definition=definition,
        source=source,
        audience=audience,
        polarity=polarity,
        people=people,
        decimals=usual if decimals is None else decimals,
        cumulative="in-year" if unit == "£" else "",
    )


def _carried() -> tuple[Measure, ...]:
    """Measures of the ledger. Members see nights under the same rules as counts of people, because 365 nights are one
    child.
    """
    counts: dict[str, Any] = {"source": _LEDGER, "audience": Audience.MEMBERS}
    own: dict[str, Any] = {"source": _LEDGER}
    carried = Counts(of=CHILDREN, n=1), Counts(of=NIGHTS, told=True)
    return (
        _measure("children", "Unaccompanied children in the year", "count", "Different children with a night of care "
                 "on the status in the year. Over a footprint a child whom two registers know by one Home Office "
                 "reference counts once.", people=(Counts(of=CHILDREN, value=1, n=1),), **counts),
        _measure("leavers", "Former unaccompanied children with leaving care support", "count", "Different care "
                 "leavers with a day of support in the year.", people=(Counts(of=LEAVERS, value=1, n=1),), **counts),
        _measure("nights", "Child-nights", "count", "Nights of care of unaccompanied children under 18, while they "
                 "were on the status and this authority's responsibility. Fewer than six children's years of them "
                 "are hidden.", people=(Counts(of=NIGHTS, value=1), Counts(of=CHILDREN, n=1)), **counts),
        _measure("weeks", "Leaver-weeks", "count", "Days of leaving care support in the claim register ÷ 7. Fewer than "
                 "six people's years of them are hidden.",
                 people=(Counts(of=LEAVER_WEEKS, value=1), Counts(of=LEAVERS, n=1)), **counts),
        _measure("stock", "Unaccompanied children on 31 March", "count", "Children on the status and under 18 on the "
                 "night of 31 March, this authority's responsibility.",
                 people=(Counts(of=STOCK, value=1, n=1),), **counts),
        *(
            _measure(f"headroom.{purpose}", f"Headroom to the {purpose} threshold", "children", f"{words} of residents "
                     "aged 0 to 17, in heads, less the children on the night of 31 March. Below nil, above the "
                     "threshold. Which population year counts the Home Office decides; here it is the one out when "
                     "the year began, and the method names it.", decimals=1,
                     people=(Counts(of=STOCK, told=True), Counts(of=STOCK, n=1)), **own)
            for purpose, words in _THRESHOLDS.items()
        ),
        _measure("child_years", "Child-years", "child-years", "Child-nights ÷ 365: how many children there were on "
                 "an average night, which is fewer than came through the year.", decimals=1,
                 people=(Counts(of=NIGHTS, value=DAYS), Counts(of=CHILDREN, n=1)), **counts),
        *(
            _measure(f"income.{group}", f"Grant for {words}", "£", "Nights and weeks that are eligible by the claim "
                     "register × the rate of each (age, cohort, the authority's band). Without a register all nights "
                     "are taken to be eligible.", people=(*TOLD[group], *who), **own)
            for group, words, who in (
                ("children", _GROUPS["children"], (Counts(of=CHILDREN, n=1),)),
                ("leavers", _GROUPS["leavers"], (Counts(of=LEAVERS, n=1),)),
                ("both", _GROUPS["both"], ()),
            )
        ),
        _measure("fair.nights", "Share of the region's child-nights", "%", "Child-nights ÷ the region's, of "
                 "authorities whose return is held.", decimals=0, people=carried, **counts),
        _measure("fair.share", "Share of the region's children", "%", "Residents aged 0 to 17 ÷ the region's, of the "
                 "same authorities: the fair share.", source="ONS mid-year populations; the method names the year",
                 audience=Audience.PUBLISHED, people=PUBLIC),
        _measure("fair.above", "Child-years above the fair share", "child-years", "Child-nights less the fair share of "
                 "the region's, ÷ 365; rounded to a whole year, so that no child is told by adding up. Below nil, "
                 "fewer are carried than a fair share.", people=carried, **counts),
        _measure("fair.pounds", "Shortfall carried above the fair share", "£", "Child-years above the fair share × "
                 "the region's shortfall per child-year.", people=carried, **counts),
    )  # fmt: skip


def _surveyed() -> tuple[Measure, ...]:
    lower, higher = Polarity.LOWER, Polarity.HIGHER
    totals = [
        one
        for group, words in _GROUPS.items()
        for one in (
            _measure(f"cost.{group}", f"Cost of {words}", "£", "Placement and other costs of the year, grossed up "
                     f"from the authorities that answered by child-nights and leaver-weeks. {_INTERVAL}",
                     people=TOLD[group]),
            _measure(f"gap.{group}", f"Shortfall for {words}", "£", f"Cost − grant. {_INTERVAL}", polarity=lower,
                     people=TOLD[group]),
            _measure(f"recovery.{group}", f"Recovered for {words}", "%", f"100 × grant ÷ cost. {_INTERVAL}",
                     polarity=higher, people=TOLD[group]),
        )
    ]  # fmt: skip
    per = [
        one
        for name, (unit, group) in _PER.items()
        for one in (
            _measure(f"cost.{name}", f"Cost per {unit.removeprefix('£ per ')}", unit, "Σ placement £ ÷ volume + Σ "
                     f"other £ ÷ volume; by part where it is told apart. {_INTERVAL}", people=TOLD[group], decimals=2),
            _measure(f"gap.{name}", f"Shortfall per {unit.removeprefix('£ per ')}", unit, f"(Cost − grant) ÷ volume. "
                     f"{_INTERVAL}", polarity=lower, people=TOLD[group], decimals=2),
            _measure(f"heading.{name}", f"Cost per {unit.removeprefix('£ per ')}, by heading", unit, "A heading's cost "
                     "of the year, grossed up, ÷ volume.", people=TOLD[group], decimals=2),
            _measure(f"sensitivity.{name}", f"Shortfall per {unit.removeprefix('£ per ')} as a heading varies", unit,
                     "The shortfall; from low to high what it would be, were this heading as cheap, or as dear, for "
                     "all as it is for the authority a quarter, or three quarters, up the order of those that "
                     "answered.", people=TOLD[group], decimals=2),
            _measure(f"gap.year_of_{group}", f"Shortfall per {'child' if group == 'children' else 'leaver'}-year",
                     "£ per year", f"The shortfall per night or week over 365 days. {_INTERVAL}", polarity=lower,
                     people=TOLD[group]),
        )
    ]  # fmt: skip
    return (
        *totals,
        *per,
        _measure("response.answered", "Authorities that answered the cost survey", "count",
                 "Authorities with at least one heading answered.", audience=Audience.MEMBERS, people=RESPONSE),
        _measure("response.rate", "Response to the cost survey", "%", "100 × authorities that answered ÷ authorities "
                 "with child-nights or leaver-weeks.", audience=Audience.MEMBERS, people=RESPONSE, polarity=higher,
                 decimals=0),
    )  # fmt: skip


def _national() -> tuple[Measure, ...]:
    home_office: dict[str, Any] = {"source": _HOME_OFFICE, "audience": Audience.PUBLISHED, "people": PUBLIC}
    published: dict[str, Any] = {"source": _DFE_ONS, "audience": Audience.PUBLISHED, "people": PUBLIC}
    return (
        _measure("nts.out", "Transfers out", "count", "Children whose care was passed to another authority in the "
                 "quarters of the year held.", **home_office),
        _measure("nts.in", "Transfers in", "count", "Children whose care was taken over from another authority.",
                 **home_office),
        _measure("nts.port", "Taken in from a port or intake unit", "count", "Children taken into care straight from a "
                 "port or the Home Office's intake unit.", **home_office),
        _measure("nts.out_share", "Share of England's transfers out", "%", "Of transfers out of English authorities.",
                 **home_office),
        _measure("nts.in_share", "Share of England's transfers in", "%", "Of transfers into English authorities.",
                 **home_office),
        _measure("national.difference", "Our count on 31 March less the published one", "children", "Children on the "
                 "status on 31 March by the child-night ledger, less DfE's count, where one was published and every "
                 "return is held; a region's is of our count to the nearest ten.", source=f"{_LEDGER}; {_DFE_ONS}",
                 people=(Counts(of=STOCK, told=True), Counts(of=STOCK, n=1))),
        _measure("national.share", "Share of England's unaccompanied children", "%", "Of those looked after on "
                 "31 March.", **published),
        _measure("national.fair_share", "Share of England's children", "%", "Of residents aged 0 to 17 at the mid-year "
                 "before: the fair share.", **published),
        _measure("national.above", "Unaccompanied children above the fair share", "children", "Those looked after on "
                 "31 March, less the fair share of England's.", **published),
        _measure("national.of_children", "Unaccompanied children as a share of all children", "%", "Those looked after "
                 "on 31 March ÷ residents aged 0 to 17. The Home Office's thresholds are 0.07 % and 0.1 %.",
                 decimals=3, **published),
    )  # fmt: skip


def _whatif() -> tuple[Measure, ...]:
    def one(name: str, title: str, unit: str, definition: str, polarity: Polarity, **more: Any) -> Measure:
        return _measure(
            f"whatif.{name}", title, unit, f"{definition} {_FUTURES}", source=_MODEL, polarity=polarity,
            people=(Counts(of=AHEAD, told=True, n=1),), **more,
        )  # fmt: skip

    return (
        one("now", "Grant to come, rates as now", "£", "Nights and weeks to come at the last rates in the table.",
            Polarity.NEUTRAL),
        one("proposed", "Grant to come, other rates", "£", "The same nights and weeks at the proposed rates.",
            Polarity.NEUTRAL),
        one("difference", "What other rates would add", "£", "Grant at the proposed rates less grant at today's, "
            "future by future; n is the people on an average night, and few are not shown to others.",
            Polarity.HIGHER, audience=Audience.MEMBERS),
        one("cost", "Cost to come", "£", "Nights and weeks to come at the surveyed cost, rising with prices.",
            Polarity.LOWER),
        one("recovery_now", "Recovered, rates as now", "%", "100 × grant ÷ cost.", Polarity.HIGHER),
        one("recovery_proposed", "Recovered, other rates", "%", "100 × grant ÷ cost.", Polarity.HIGHER),
    )  # fmt: skip


MEASURES: tuple[Measure, ...] = (*_carried(), *_surveyed(), *_national(), *_whatif())
