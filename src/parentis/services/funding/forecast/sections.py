"""What the forecast puts into the spending-review pack: the ask, what it rests on, its record, and risk."""

from parentis.figures import Block, Chart, ChartKind, FigureTable, Headline, Prose
from parentis.services.funding.forecast.measures import (
    APART,
    ASK_TO_DATE,
    ASSUMPTIONS,
    BALANCE,
    BEFORE,
    BELOW,
    COUNT,
    CSC_SHORTFALL,
    EXCEEDS,
    EXHAUSTED,
    HN_SHORTFALL,
    OPTION_ALL,
    OPTION_LAST,
    OPTIONS,
    REAL,
    RECONCILED,
    RECORD_ACTUAL,
    RECORD_BIAS,
    RECORD_COUNT,
    RECORD_COVERAGE,
    RECORD_ERROR,
    RECORD_FORECAST,
    RECORD_MISS,
    SENSITIVITY,
    SENSITIVITY_HIGHER,
    SENSITIVITY_LOWER,
    SHARE,
    SHORTFALL,
    STEPS,
    exceeds,
)
from parentis.services.funding.forecast.measures import ASK as ASKED

_CHANCES = tuple(exceeds(percent) for percent in EXCEEDS)
_CHANCE_WORDS = ("Any shortfall", "More than a twentieth of budget", "More than a tenth of budget")
_BANDS = "Mean of the simulated futures; in brackets the interval that holds eight in ten of them."
_SUMMED = "Authorities, pots and years are added up future by future, never interval by interval."

ASK: tuple[Block, ...] = (
    Prose(
        text="The ask is what councils have to find, in each year, above their budgets: what children's social care "
        "costs, and what high needs costs in the years in which its shortfall falls on them. There is one projection. "
        "Children, placements and plans are simulated where their returns are held, the rest of spend is carried on, "
        "and budgets grow by the path that the method states. In the last year shown the ask is "
        "{funding.forecast.ask}, which is {funding.forecast.ask.real} in real terms; all years together it is "
        "{funding.forecast.ask_to_date}, {funding.forecast.ask_to_date.real} in real terms.",
        only_with=ASKED,
    ),
    Prose(
        text="Kept apart from the ask is the high-needs shortfall of the years after the statutory override, which the "
        "government says that it does not expect councils to fund: {funding.forecast.high_needs_apart} in the last "
        "year shown. Both together are {funding.forecast.shortfall}.",
        only_with=APART,
    ),
    Prose(
        text="In one year or more the ask is below the gap last reported, {funding.forecast.bridge.before}; in the "
        "last such year by {funding.forecast.below_reported}. The bridge below says why: what is taken off, by high "
        "needs that is kept apart and by the growth of budgets, is more than what children, prices and pay add.",
        only_with=BELOW,
    ),
    FigureTable(
        title="The ask by year, in cash and in real terms (mean of the simulated futures)",
        measures=(ASKED, f"{ASKED}{REAL}", ASK_TO_DATE, f"{ASK_TO_DATE}{REAL}", APART, f"{APART}{REAL}"),
        headings=(
            "The ask, cash",
            "The ask, real terms",
            "Summed to date, cash",
            "Summed to date, real terms",
            "High needs kept apart, cash",
            "High needs kept apart, real terms",
        ),
        rows="period",
        note=f"{_BANDS} {_SUMMED}",
        only_with=ASKED,
    ),
    FigureTable(
        title="The two pots by year, whoever pays, in cash and in real terms (mean of the simulated futures)",
        measures=tuple(f"{one}{end}" for end in ("", REAL) for one in (CSC_SHORTFALL, HN_SHORTFALL, SHORTFALL)),
        headings=(
            "Social care, cash",
            "High needs, cash",
            "Both, cash",
            "Social care, real terms",
            "High needs, real terms",
            "Both, real terms",
        ),
        rows="period",
        note=_BANDS,
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="From the gap last reported to the ask, in cash (mean of the simulated futures)",
        measures=(BEFORE, *STEPS, ASKED),
        headings=("Gap last reported", *STEPS.values(), "The ask"),
        rows="period",
        note="The columns sum to the ask in every future. They are taken in this order: children, need, kind, price, "
        "as the drivers of past years are, then pay, and last what budgets and government take off.",
        only_with=BEFORE,
    ),
    Chart(
        kind=ChartKind.WATERFALL,
        title="From the gap last reported to the ask of the last year, in cash",
        measures=(BEFORE, *STEPS, ASKED),
        headings=("Gap last reported", *STEPS.values(), "The ask"),
        description="The gap last reported, one step for each cause, and the ask that they sum to.",
        only_with=BEFORE,
    ),
    Chart(
        kind=ChartKind.FAN,
        title="Gap reported and ask by year, both pots together, in cash",
        measures=("funding.total.shortfall", ASKED),
        headings=("Reported", "The ask"),
        description="The gap reported for past years, and the ask for each year to come with its interval. The ask "
        "falls in the year in which high needs is first kept apart.",
        only_with=ASKED,
    ),
    FigureTable(
        title="The ask by authority, all years together",
        measures=(ASK_TO_DATE, f"{ASK_TO_DATE}{REAL}", ASKED, APART, BALANCE),
        headings=(
            "All years, cash",
            "All years, real terms",
            "Last year, cash",
            "High needs kept apart, last year",
            "High-needs balance at the end",
        ),
        note=_BANDS,
        only_with=ASK_TO_DATE,
    ),
)

SENSITIVITIES: tuple[Block, ...] = (
    Prose(
        text="Each bar is the same projection again with one assumption changed, and the same children, prices and "
        "years of chance in every future, so that the difference is the assumption's alone. Taken together, all years' "
        "ask is {funding.forecast.ask_to_date}.",
        only_with=SENSITIVITY,
    ),
    Chart(
        kind=ChartKind.TORNADO,
        title="The ask of all years together, by assumption",
        measures=(SENSITIVITY,),
        headings=("The ask of all years",),
        labels=ASSUMPTIONS,
        description="For each assumption a bar from the ask with it changed one way to the ask with it changed the "
        "other way, the widest first. Where an assumption has one other side only, the bar begins at the ask itself.",
        only_with=SENSITIVITY,
    ),
    FigureTable(
        title="What each assumption makes of the ask of all years together",
        measures=(SENSITIVITY_LOWER, SENSITIVITY_HIGHER),
        headings=("Lower by", "Higher by"),
        rows="breakdown",
        labels=ASSUMPTIONS,
        note="Mean difference, future by future.",
        only_with=SENSITIVITY_LOWER,
    ),
    FigureTable(
        title="Placements as monitored and as modelled, year before the forecast",
        measures=tuple(RECONCILED),
        headings=tuple(words for words, _ in RECONCILED.values()),
        rows="period",
        note="Every future starts from what was monitored, less health's and education's part. The model's own count "
        "and prices say how costs change from there.",
        only_with="funding.reconciled.monitored",
    ),
    Prose(
        text="How fast budgets and high-needs funding grow, the chance of the Stability Grant and the share of a "
        "deficit that counts for it are judgement, to be owned by the treasurer: change them and look again. What a "
        "plan costs is monitored spend where authorities send it, else published or judged amounts, each labelled. "
        "What DfE has agreed with single authorities is taken as it was entered.",
        only_with=ASKED,
    ),
    Prose(
        text="Share of social care spend that is simulated child by child: {funding.forecast.share_simulated}. The "
        "rest (staffing, agency, family support) has a growth of its own.",
        only_with=SHARE,
    ),
)

OPTIONS_TRIED: tuple[Block, ...] = (
    FigureTable(
        title="What each option buys, and what refusing it costs",
        measures=(OPTION_LAST, OPTION_ALL),
        headings=("Last year's ask with it, less without it", "All years' ask with it, less without it"),
        rows="breakdown",
        labels=OPTIONS,
        note="In the same futures as the ask, before what the option itself costs. To refuse it is to spend what it "
        f"would have taken off. The sizes of the changes are those of the illustrative scenario. {_BANDS}",
        only_with=OPTION_LAST,
    ),
    FigureTable(
        title="What buying together has saved (commissioning)",
        measures=("commissioning.saved", "commissioning.avoided", "commissioning.run_cost", "commissioning.saved_net"),
        headings=("Cashable savings", "Costs avoided", "Cost of running", "Cashable savings, less running"),
        rows="period",
        only_with="commissioning.saved_net",
    ),
    FigureTable(
        title="What places of one's own would cost (secure and step-down)",
        measures=("places.best", "places.served", "places.cost"),
        headings=("Places", "Needs that find one", "Cost"),
        rows="period",
        only_with="places.cost",
    ),
)

RECORD: tuple[Block, ...] = (
    Prose(
        text="The same projection was made from what was held at the end of each earlier year for which the returns "
        "reach back far enough, and set beside what has been reported since. Of forecasts one year ahead the mean "
        "error was {funding.forecast.record.bias||latest|years_ahead=1} of spend, and "
        "{funding.forecast.record.coverage||latest|years_ahead=1} of authorities' years lay inside the interval that "
        "was to hold eight in ten. The forecasts overlap and are few: this is evidence of how the projection errs, and "
        "no proof.",
        only_with=RECORD_BIAS,
    ),
    FigureTable(
        title="Forecasts of the past by how far they looked ahead",
        measures=(RECORD_MISS, RECORD_BIAS, RECORD_ERROR, RECORD_COVERAGE, RECORD_COUNT),
        headings=(
            "Mean error",
            "Mean error, per cent of spend",
            "Mean absolute error, per cent of spend",
            "Authorities' years inside the interval",
            "Forecasts",
        ),
        rows="breakdown",
        labels={str(ahead): f"{ahead} year{'s' if ahead > 1 else ''} ahead" for ahead in range(1, 10)},
        note="Forecast less reported; positive is too high. An error of spend is the same error of the gap, because "
        "budgets are known once the year has come.",
        only_with=RECORD_BIAS,
    ),
    FigureTable(
        title="Spend of both pots as forecast and as reported since",
        measures=(RECORD_FORECAST, RECORD_ACTUAL),
        headings=("Forecast", "Reported"),
        rows="breakdown-period",
        labels={
            f"{year}-{(year + 1) % 100:02}": f"made at the end of {year}-{(year + 1) % 100:02}"
            for year in range(2010, 2060)
        },
        note=_BANDS,
        only_with=RECORD_FORECAST,
    ),
)

RISK: tuple[Block, ...] = (
    Headline(measures=(ASKED, SHORTFALL, BALANCE, _CHANCES[1]), only_with=ASKED),
    Chart(
        kind=ChartKind.FAN,
        title="Cumulative high-needs balance, monitored and simulated",
        measures=("funding.hn.balance", BALANCE),
        headings=("Monitored", "Simulated"),
        description="The balance at each year's end, a deficit below nil. The Stability Grant lifts it in the year it "
        "is paid. After the override it moves no more, because the shortfalls of those years are kept apart.",
        only_with=BALANCE,
    ),
    Chart(
        kind=ChartKind.TREND,
        title="Risk of a shortfall, by its size",
        measures=_CHANCES,
        headings=_CHANCE_WORDS,
        description="For each year to come, in how many of a hundred futures the shortfall of both pots, whoever pays, "
        "exceeds a share of budget.",
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="Risk by authority, last year simulated",
        measures=(SHORTFALL, CSC_SHORTFALL, HN_SHORTFALL, BALANCE, *_CHANCES[1:], EXHAUSTED),
        headings=(
            "Shortfall, whoever pays", "Social care", "High needs", "High-needs balance",
            "Chance above a twentieth of budget", "Chance above a tenth of budget",
            "Chance that reserves are exhausted",
        ),
        note=_BANDS,
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="High-needs balance and reserves by year",
        measures=(BALANCE, COUNT),
        headings=("High-needs balance", "Authorities out of reserves"),
        rows="period",
        only_with=BALANCE,
    ),
)  # fmt: skip
