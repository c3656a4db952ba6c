"""Measures of the forecast."""

from dataclasses import replace

from parentis.figures import Audience, Measure, Polarity
from parentis.services.demand import shipped
from parentis.services.funding.people import WHOLE_SERVICES

_SOURCE = "demand model, EHC plans and monitoring, simulated together (docs/methods/forecast.md)"
LEVEL = 0.8
MEAN = "Mean of the simulated futures; the interval holds eight in ten of them."


def _money(name: str, title: str, definition: str, **more: str) -> Measure:
    return Measure(
        id=f"funding.forecast.{name}",
        title=title,
        unit="£",
        definition=f"{definition} {MEAN}",
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.HIGHER if name.startswith("dsg") else Polarity.LOWER,
        audience=Audience.OWN,
        gross_net="net",
        cumulative=more.get("cumulative", "in-year"),
        netted="netted",
    )


def _plain_money(name: str, title: str, definition: str) -> Measure:
    """Pounds that are no mean of futures with an interval."""
    return replace(_money(name, title, ""), definition=definition)


def _chance(name: str, title: str, definition: str) -> Measure:
    return Measure(
        id=f"funding.forecast.{name}",
        title=title,
        unit="%",
        definition=definition,
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.LOWER,
        audience=Audience.OWN,
    )


def _tenths(name: str, title: str, definition: str) -> Measure:
    return replace(_chance(name, title, definition), decimals=1)


_OF = "of the children's social care budget and high-needs funding together"
REAL = ".real"
"Suffix of the ids of amounts in the prices of the year that the method names."
ASK, ASK_TO_DATE, APART = "funding.forecast.ask", "funding.forecast.ask_to_date", "funding.forecast.high_needs_apart"
BELOW = "funding.forecast.below_reported"
SENSITIVITY = "funding.forecast.sensitivity"
SENSITIVITY_LOWER, SENSITIVITY_HIGHER = f"{SENSITIVITY}.lower", f"{SENSITIVITY}.higher"
ASSUMPTIONS: dict[str, str] = {
    "deflator": "General prices: one point a year less or more",
    "settlement": "Budgets for social care: one point a year more or less",
    "dsg": "High-needs funding: one point a year more or less",
    "price_prior": "Judged real rise of prices: one point a year less or more",
    "trend_window": "Trend learnt from the last three years only",
    "pandemic": "Without the pandemic years 2020-21 and 2021-22",
    "largest_four": "The four largest asks at the others' rate",
}
"Assumptions that are changed one at a time, in words."
OPTION_LAST, OPTION_ALL = "funding.forecast.option.last_year", "funding.forecast.option.all_years"
TOGETHER = "together"
OPTIONS: dict[str, str] = {
    f"{name} {key}": words
    for name, document in shipped().items()
    for key, words in (*enumerate(document.titles), (TOGETHER, "All of these together"))
}
"Options that are tried, in words."
_RECORD = "funding.forecast.record"
RECORD_FORECAST, RECORD_ACTUAL = f"{_RECORD}.forecast", f"{_RECORD}.actual"
RECORD_MISS = f"{_RECORD}.miss"
RECORD_BIAS, RECORD_ERROR = f"{_RECORD}.bias", f"{_RECORD}.error"
RECORD_COVERAGE, RECORD_COUNT = f"{_RECORD}.coverage", f"{_RECORD}.count"
BEFORE, STEPS = (
    "funding.forecast.bridge.before",
    {
        "funding.forecast.bridge.demography": "More or fewer children",
        "funding.forecast.bridge.need": "More or fewer of them in need",
        "funding.forecast.bridge.mix": "Dearer or cheaper kinds",
        "funding.forecast.bridge.price": "Prices of placements and plans",
        "funding.forecast.bridge.pay": "Pay and prices of other services",
        "funding.forecast.bridge.settlement": "Less: budgets and funding grow",
        "funding.forecast.bridge.policy": "Less: high needs kept apart",
    },
)
"Steps from the gap last reported to the ask of a future year, in cash, in the order in which they are taken."
_STEPS_SAID = {
    "demography": "Spend of the last year × the change of residents aged 0 to 17.",
    "need": "What more or fewer children looked after, and plans, for every resident child cost at the last year's "
    "prices.",
    "mix": "What dearer or cheaper kinds of placement and of setting cost at the last year's prices.",
    "price": "What each kind of placement and plan costs more, general inflation among it.",
    "pay": "What staff and services that are not bought child by child cost beyond the number of children: pay, prices "
    "and their own growth.",
    "settlement": "The growth of budgets and of high-needs funding along their stated paths, taken off.",
    "policy": "The high-needs shortfall of years that government says councils will not fund, taken off.",
}
RECONCILED: dict[str, tuple[str, str]] = {
    "funding.reconciled.monitored": (
        "Placements as monitored", "Σ spend on placements in budget monitoring's activity, gross."
    ),
    "funding.reconciled.nights": (
        "Nights in returns less nights monitored",
        "Σ (nights by looked-after children returns − nights monitored) × monitored cost per night, kind by kind.",
    ),
    "funding.reconciled.prices": (
        "The model's prices less those monitored",
        "Σ nights by returns × (the model's price − monitored cost per night), kind by kind.",
    ),
    "funding.reconciled.modelled": ("Placements as modelled", "Σ nights by returns × the model's prices, gross."),
    "funding.reconciled.contributions": (
        "Less: health's and education's part", "What health and education pay of placements, at the model's shares."
    ),
    "funding.reconciled.used": (
        "Placements as used, net",
        "What was monitored, less health's and education's part: where every future starts from.",
    ),
}  # fmt: skip
"Steps from the starting year's monitored cost of placements to its modelled cost."
CSC_SPEND, CSC_SHORTFALL = "funding.forecast.csc_spend", "funding.forecast.csc_shortfall"
HN_SHORTFALL, SHORTFALL = "funding.forecast.hn_shortfall", "funding.forecast.shortfall"
BALANCE, EXHAUSTED = "funding.forecast.dsg_balance", "funding.forecast.reserves_exhausted"
COUNT, SHARE = "funding.forecast.authorities_exhausted", "funding.forecast.share_simulated"


def exceeds(percent: float) -> str:
    """Id of the measure of the probability that the total shortfall exceeds this share of the budgets."""
    return (
        f"funding.forecast.exceeds_{percent:g}".replace(".", "_")
        if percent % 1
        else f"funding.forecast.exceeds_{percent:.0f}"
    )


EXCEEDS = (0.0, 5.0, 10.0)

_CASH_AND_REAL = (
    (
        "ask",
        "The ask",
        "What councils have to find above their budgets: children's social care, and high needs in years whose "
        "shortfall falls on them.",
    ),
    (
        "ask_to_date",
        "The ask, summed from the first year",
        "The ask of the first year to this one, added up by future.",
    ),
    (
        "high_needs_apart",
        "High needs kept apart from the ask",
        "The in-year high-needs shortfall of years that government says councils will not be expected to fund.",
    ),
    ("shortfall", "Social care and high needs: shortfall, whoever pays", "Both pots' shortfalls in the same future."),
    ("csc_shortfall", "Children's social care: shortfall to come", "Spend above the budget path."),
    ("hn_shortfall", "High needs: in-year shortfall to come", "Spend above the funding path."),
)

FORECAST_MEASURES: tuple[Measure, ...] = (
    _money("csc_spend", "Children's social care: spend to come", "Placements as simulated, and the rest of spend."),
    *(
        _money(name, title, definition, cumulative="cumulative" if name == "ask_to_date" else "in-year")
        for name, title, definition in _CASH_AND_REAL
    ),
    *(
        _money(
            f"{name}{REAL}",
            f"{title}, in real terms",
            "The same, each future's pounds in the prices of the year that the method names.",
            cumulative="cumulative" if name == "ask_to_date" else "in-year",
        )
        for name, title, _ in _CASH_AND_REAL
    ),
    _money(
        "below_reported",
        "By how much the ask is below the gap last reported",
        "The gap last reported less the ask, only for years in which the ask is the smaller.",
    ),
    _money("bridge.before", "The gap last reported", "Both pots, by the basis that the forecast starts on."),
    *(
        _money(
            one.removeprefix("funding.forecast."),
            f"From the gap last reported to the ask: {words[:1].lower()}{words[1:]}",
            f"{_STEPS_SAID[one.rpartition('.')[2]]} The gap last reported and the steps sum to the ask.",
        )
        for one, words in STEPS.items()
    ),
    _plain_money(
        "sensitivity",
        "The ask of all years together, with one assumption changed",
        "The ask summed over the years; its ends are those of the same projection with the assumption changed one way "
        "and the other, and are no interval of chance.",
    ),
    *(
        _plain_money(
            f"sensitivity.{end}",
            f"The ask of all years together: {words}",
            "The mean difference, future by future, that the changed assumption makes; nil where it moves the ask the "
            "other way only.",
        )
        for end, words in (("lower", "lower by"), ("higher", "higher by"))
    ),
    _money(
        "option.last_year",
        "Option: what it makes of the last year's ask",
        "The ask of the last year with the option less without it, in the same futures, before what the option itself "
        "costs; negative is less.",
    ),
    _money(
        "option.all_years",
        "Option: what it makes of the ask of all years",
        "The ask of all years together with the option less without it, in the same futures, before what the option "
        "itself costs. Refused, the same amount is spent.",
    ),
    _money(
        "record.forecast",
        "Spend of both pots as forecast in a past year",
        "The same projection from what was held at the end of the year named, for a year that has been reported since.",
    ),
    _plain_money(
        "record.actual", "Spend of both pots as reported since", "Outturn or last forecast, of those forecast."
    ),
    _plain_money(
        "record.miss",
        "Forecasts of the past: mean error in pounds",
        "Forecast − reported, mean of the forecasts that looked so many years ahead; positive is too high.",
    ),
    _tenths(
        "record.bias",
        "Forecasts of the past: mean error",
        "Forecast ÷ reported − 1, mean of the forecasts that looked so many years ahead; positive is too high.",
    ),
    _tenths("record.error", "Forecasts of the past: mean absolute error", "Without the sign of each error."),
    _chance(
        "record.coverage",
        "Forecasts of the past: authorities inside the interval",
        "Share of the authorities' years whose reported spend lay inside the interval that was to hold eight in ten.",
    ),
    Measure(
        id=RECORD_COUNT,
        title="Forecasts of the past: how many",
        unit="count",
        definition="Forecasts that looked so many years ahead. They overlap, and so are fewer than they seem.",
        people=WHOLE_SERVICES,
        source=_SOURCE,
        audience=Audience.OWN,
    ),
    *(
        Measure(
            id=one,
            title=f"{words}, year before the futures",
            unit="£",
            definition=f"{definition} Authorities whose whole year is monitored.",
            source="Monitoring's activity, looked-after children returns, and the prices of the demand model",
            people=WHOLE_SERVICES,
            audience=Audience.OWN,
            gross_net="net" if one.endswith(("contributions", "used")) else "gross",
            cumulative="in-year",
        )
        for one, (words, definition) in RECONCILED.items()
    ),
    _money(
        "dsg_balance",
        "High needs: cumulative balance to come",
        "B(t) = B(t−1) + funding − spend of the years whose shortfall falls on councils, with the High Needs Stability "
        "Grant where it is approved. A deficit is negative.",
        cumulative="cumulative",
    ),
    *(
        _chance(
            exceeds(percent).removeprefix("funding.forecast."),
            "Chance of any shortfall" if not percent else f"Chance of a shortfall above {percent:g} % of budget",
            f"Share of the simulated futures in which the year's shortfall exceeds {percent:g} % {_OF}.",
        )
        for percent in EXCEEDS
    ),
    _chance(
        "reserves_exhausted",
        "Chance that reserves are exhausted by the year's end",
        "Share of the simulated futures in which unallocated and earmarked reserves (without schools', public health "
        "and DSG) would not cover the shortfalls up to then, if nothing else did.",
    ),
    Measure(
        id=COUNT,
        title="Authorities whose reserves would be exhausted by the year's end",
        unit="count",
        definition="Mean number in the simulated futures; the interval holds eight in ten of them.",
        people=WHOLE_SERVICES,
        source=_SOURCE,
        polarity=Polarity.LOWER,
        audience=Audience.OWN,
        decimals=1,
    ),
    _chance(
        "share_simulated",
        "Share of social care spend that is simulated child by child",
        "Placement costs of the starting year at the model's prices, per cent of its outturn. The rest is carried on "
        "with a growth of its own.",
    ),
)
