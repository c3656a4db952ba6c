"""The service's measures: needs by borough (for that borough only), London's (for members), and the recommended
size."""

from typing import Any, Final

from parentis.figures import Audience, Counts, Measure, NoPeople, Polarity, Population

LOG: Final = "placement desk's referral log (places.referrals)"
NEEDS: Final = Population(id="needs of a secure welfare place")
UNPLACED: Final = Population(id="needs of a secure welfare place that found none")
_MODEL: Final = NoPeople("estimated from three years of London together: it counts no children")


def _measure(name: str, title: str, unit: str, definition: str, **more: Any) -> Measure:
    given = {"source": LOG, "audience": Audience.MEMBERS, **more}
    return Measure(id=f"places.{name}", title=title, unit=unit, definition=definition, **given)


MEASURES: Final = (
    _measure(
        "own.referred",
        "Needs referred, own",
        "count",
        "Needs of a secure welfare place that the borough referred in the year, each once. Other boroughs see bands.",
        audience=Audience.OWN,
        people=(Counts(of=NEEDS, value=1, n=1),),
    ),
    _measure(
        "own.unplaced",
        "Needs that found no place, own",
        "count",
        "Of the needs the borough referred in the year, those lost or placed in what was not looked for.",
        audience=Audience.OWN,
        people=(Counts(of=UNPLACED, value=1), Counts(of=NEEDS, n=1)),
    ),
    _measure(
        "referred",
        "Needs referred",
        "count",
        "Needs of a secure welfare place that London's boroughs referred in the year.",
        people=(Counts(of=NEEDS, value=1, n=1),),
    ),
    _measure(
        "unplaced",
        "Needs that found no place",
        "%",
        "Of London's needs of the year, those lost or placed in what was not looked for.",
        polarity=Polarity.LOWER,
        decimals=1,
        people=(Counts(of=UNPLACED, told=True), Counts(of=NEEDS, n=1)),
    ),
    _measure(
        "a_year",
        "Needs a year, those the log missed too",
        "count",
        "The rate of referrals over the log's years, divided by the share that the log holds; 95 % interval.",
        decimals=1,
        people=_MODEL,
    ),
    _measure(
        "load",
        "Places that would be full if nobody were refused",
        "places",
        "Needs a year × mean stay, in erlangs: refused and lost children counted, stays not over yet counted "
        "as longer; 95 % "
        "interval. Children nobody referred are not in it.",
        decimals=1,
        people=_MODEL,
    ),
    _measure(
        "placed_only",
        "What places in use alone would say",
        "places",
        "Nights of children placed ÷ days: what is offered, not what is needed. Shown beside the load.",
        decimals=1,
        people=_MODEL,
    ),
    _measure(
        "best",
        "The number where one more place no longer pays",
        "places",
        "Of 12 to 36 places the number that costs least in a year with the nights it cannot take, on the "
        "mean of simulated "
        "futures; the interval holds 80 % of futures' own best numbers.",
        people=_MODEL,
    ),
    _measure(
        "served",
        "Share served by that number",
        "%",
        "Of needs in simulated futures, those that get a place; 80 % of futures.",
        polarity=Polarity.HIGHER,
        decimals=1,
        people=_MODEL,
    ),
    _measure(
        "cost",
        "Cost of that number",
        "£",
        "A year: the home, full or empty, and the nights elsewhere; 80 % of futures.",
        polarity=Polarity.LOWER,
        people=_MODEL,
    ),
    _measure(
        "two_years",
        "Worth of two more years of referrals",
        "£",
        "A year: what choosing the number with two years' complete log would save on the mean.",
        people=_MODEL,
    ),
    _measure(
        "rule.gain",
        "What the best-placed group of boroughs would save by leaving",
        "£",
        "A year: what its members would pay by the rule, less the cost of its own cheapest home on the same "
        "simulated children; "
        "0 where no group looked at would save. Groups of sub-regions, and each borough alone.",
        polarity=Polarity.LOWER,
        people=_MODEL,
    ),
    _measure(
        "rule.rise",
        "Largest rise of a payment when one borough leaves",
        "%",
        "The rule worked out again without each borough in turn: the largest rise of anybody's payment.",
        polarity=Polarity.LOWER,
        decimals=1,
        people=_MODEL,
    ),
)
