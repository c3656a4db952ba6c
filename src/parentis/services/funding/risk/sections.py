"""What risk puts into the spending-review pack."""

from parentis.figures import Block, Chart, ChartKind, FigureTable, Headline, Prose
from parentis.services.funding.risk.measures import (
    BALANCE,
    COUNT,
    CSC_SHORTFALL,
    EXCEEDS,
    EXHAUSTED,
    HN_SHORTFALL,
    RECONCILED,
    SHARE,
    SHORTFALL,
    exceeds,
)

_CHANCES = tuple(exceeds(percent) for percent in EXCEEDS)
_CHANCE_WORDS = ("Any shortfall", "More than a twentieth of budget", "More than a tenth of budget")

RISK: tuple[Block, ...] = (
    Prose(
        text="Children's social care and high needs are simulated together, future by future, against budgets that "
        "grow as stated: the mean of the last year's shortfall is {funding.risk.shortfall}, and the chance that "
        "it exceeds a twentieth of budget is {funding.risk.exceeds_5}. {funding.risk.share_simulated} of social care "
        "spend is followed child by child; the rest (staffing, agency, family support) has a growth of its own.",
        only_with=SHORTFALL,
    ),
    Headline(measures=(SHORTFALL, CSC_SHORTFALL, HN_SHORTFALL, BALANCE), only_with=SHORTFALL),
    Chart(
        kind=ChartKind.FAN,
        title="Shortfall of social care and high needs together, monitored and simulated",
        measures=("funding.total.shortfall", SHORTFALL),
        headings=("Monitored", "Simulated"),
        description="The monitored shortfall of past years, continued by the mean of the simulated futures and the "
        "interval that holds eight in ten of them.",
        only_with=SHORTFALL,
    ),
    Chart(
        kind=ChartKind.FAN,
        title="Cumulative high-needs balance, monitored and simulated",
        measures=("funding.hn.balance", BALANCE),
        headings=("Monitored", "Simulated"),
        description="The balance at each year's end, a deficit below nil. The Stability Grant lifts it in the year it "
        "is paid.",
        only_with=BALANCE,
    ),
    Chart(
        kind=ChartKind.TREND,
        title="Risk of a shortfall, by its size",
        measures=_CHANCES,
        headings=_CHANCE_WORDS,
        description="For each year to come, in how many of a hundred futures the shortfall exceeds a share of budget.",
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="Risk by authority, last year simulated",
        measures=(SHORTFALL, CSC_SHORTFALL, HN_SHORTFALL, BALANCE, *_CHANCES[1:], EXHAUSTED),
        headings=(
            "Shortfall", "Social care", "High needs", "High-needs balance", "Chance above a twentieth of budget",
            "Chance above a tenth of budget", "Chance that reserves are exhausted",
        ),
        note="Mean of the simulated futures; in brackets the interval that holds eight in ten of them.",
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="Shortfall by year",
        measures=(SHORTFALL, CSC_SHORTFALL, HN_SHORTFALL, BALANCE, COUNT),
        headings=("Both", "Social care", "High needs", "High-needs balance", "Authorities out of reserves"),
        rows="period",
        only_with=SHORTFALL,
    ),
    FigureTable(
        title="Placements as monitored and as modelled, year before the futures",
        measures=tuple(RECONCILED),
        headings=tuple(words for words, _ in RECONCILED.values()),
        rows="period",
        note="Every future starts from what was monitored, less health's and education's part. The model's own count "
        "and "
        "prices say how costs change from there.",
        only_with="funding.reconciled.monitored",
    ),
    Prose(
        text="How fast budgets and high-needs funding grow, the chance of the Stability Grant and the share of a "
        "deficit that counts for it are judgement, to be owned by the treasurer: change them and look again. What a "
        "plan costs is monitored spend where authorities send it, else published or judged amounts, each labelled. "
        "What DfE has agreed with single authorities is taken as it was entered.",
        only_with=SHORTFALL,
    ),
    Prose(
        text="How sure this is, and what it does not cover, is in docs/methods/risk.md. "
        "Share of spend simulated: {funding.risk.share_simulated}.",
        only_with=SHARE,
    ),
)  # fmt: skip
