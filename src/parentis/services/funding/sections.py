"""What the service puts into the spending-review pack, as data.

No number stands here, only placeholders; the published values that ours are set against are a cited table.

A placeholder without geography and period is the pack's own footprint and the last period held (`Prose`).
Where monitoring returns are held they make the headline; budget to outturn stands beside them, never mixed in.
Blocks whose subject nobody has submitted are left out (`only_with`); the response table says what is held.
"""

from parentis.figures import Block, Chart, ChartKind, FigureTable, Headline, Prose, Section
from parentis.services.funding.reconciliation import reasons

PACK = "spending-review"

_HEADLINE = (
    Prose(
        text="Where authorities' own monitoring is held it makes the headline; budget to outturn stands beside it."
    ),
    Prose(
        text="Councils' own monitoring says that children's social care spent {funding.csc.overspend} more than "
        "its revised budgets ({funding.csc.overspend_percent}), and that high needs fell short of its "
        "funding by {funding.hn.shortfall} ({funding.hn.shortfall_percent}): {funding.total.shortfall} "
        "together. Without netting off underspends it is {funding.total.shortfall_gross}.",
        only_with="funding.total.shortfall",
    ),
    Headline(
        measures=(
            "funding.total.shortfall",
            "funding.csc.overspend",
            "funding.hn.shortfall",
            "funding.csc.over_budget_authorities",
            "funding.hn.shortfall_authorities",
        ),
        only_with="funding.csc.overspend",
    ),
    Prose(
        text="On the government's own returns, outturn differed from original budget by {funding.csc.variance} "
        "({funding.csc.variance_percent}). That is another basis: original budgets, not revised ones. It is "
        "not an overspend, and the two are not to be added or compared without the reconciliation below.",
        only_with="funding.csc.variance",
    ),
    Headline(
        measures=(
            "funding.csc.variance",
            "funding.csc.variance_gross",
            "funding.csc.overspending_authorities",
        ),
        only_with="funding.csc.variance",
    ),
    Headline(measures=("funding.csc.net", "funding.looked_after.net"), only_with="funding.csc.net"),
)

_GAP = (
    FigureTable(
        title="Children's social care and high needs by authority, from monitoring",
        measures=(
            "funding.csc.revised_budget",
            "funding.csc.expected_outturn",
            "funding.csc.overspend",
            "funding.csc.overspend_percent",
            "funding.hn.shortfall",
            "funding.hn.balance",
            "funding.total.shortfall",
        ),
        note="Monitoring, revised budget to outturn or forecast; before reserves.",
        only_with="funding.csc.overspend",
    ),
    FigureTable(
        title="Children's social care by authority, original budget to outturn",
        measures=(
            "funding.csc.budget",
            "funding.csc.outturn",
            "funding.csc.variance",
            "funding.csc.variance_percent",
            "funding.csc.variance.per_child",
        ),
        sort_by="funding.csc.variance_percent",
        note="RA against RS: never an overspend.",
        only_with="funding.csc.variance",
    ),
    FigureTable(
        title="The same by footprint",
        measures=(
            "funding.csc.budget",
            "funding.csc.outturn",
            "funding.csc.variance",
            "funding.csc.variance_percent",
        ),
        rows="footprint",
        only_with="funding.csc.variance",
    ),
)

_DRIVERS = (
    Prose(text="Spend is volume, mix and price: how many weeks of care, of which kinds, at what cost a week."),
    Prose(
        text="Placement spend changed by {funding.drivers.change} on the year before: {funding.drivers.volume} "
        "from more or fewer weeks of care, {funding.drivers.mix} from the kinds of placement, "
        "{funding.drivers.price} from prices, of which {funding.drivers.price_inflation} is general "
        "inflation. Taken in every order and averaged, the parts are {funding.drivers.volume.shapley}, "
        "{funding.drivers.mix.shapley} and {funding.drivers.price.shapley}.",
        only_with="funding.drivers.change",
    ),
    Chart(
        kind=ChartKind.WATERFALL,
        title="What moved placement spend",
        measures=(
            "funding.drivers.volume",
            "funding.drivers.mix",
            "funding.drivers.price",
            "funding.drivers.change",
        ),
        description="Volume, mix and price, one step each, and the change in spend that they add up to.",
        only_with="funding.drivers.change",
    ),
    FigureTable(
        title="Drivers by kind of placement",
        measures=(
            "funding.drivers.weeks",
            "funding.drivers.unit_cost",
            "funding.drivers.volume",
            "funding.drivers.mix",
            "funding.drivers.price",
            "funding.drivers.change",
        ),
        rows="breakdown",
        only_with="funding.drivers.change",
    ),
    FigureTable(
        title="What was spent on children looked after, by line",
        measures=(
            "funding.looked_after.net",
            "funding.looked_after.residential",
            "funding.looked_after.fostering",
            "funding.looked_after.asylum",
            "funding.looked_after.other",
        ),
        note="RO3. Authorities code the same cost to different lines: no ranking is made of lines.",
        only_with="funding.looked_after.net",
    ),
)

_ADULTS = (
    Prose(text="Both services meet the same councils' budgets; they do not miss them alike."),
    Prose(
        text="Children's variance from budget exceeded adults' in {funding.csc.variance_above_adults_percent} "
        "authorities by percentage ({funding.csc.variance_above_adults_percent.share}) and in "
        "{funding.csc.variance_above_adults_pounds} by pounds "
        "({funding.csc.variance_above_adults_pounds.share}). Adults' variance was {funding.asc.variance}, "
        "children's {funding.csc.variance}.",
        only_with="funding.csc.variance_above_adults_percent",
    ),
    Chart(
        kind=ChartKind.SCATTER,
        title="Children's against adults' variance from budget, by authority",
        measures=("funding.asc.variance_percent", "funding.csc.variance_percent"),
        description="Each point is an authority: adults' variance across, children's up.",
        only_with="funding.csc.variance_percent",
    ),
    FigureTable(
        title="Children's and adults' social care by authority",
        measures=(
            "funding.csc.variance",
            "funding.csc.variance_percent",
            "funding.asc.variance",
            "funding.asc.variance_percent",
        ),
        only_with="funding.csc.variance",
    ),
)

_MAP = (
    Prose(text="A tile grid gives small authorities the same room as large ones."),
    Chart(
        kind=ChartKind.TILE_MAP,
        title="Variance of children's social care from budget, per cent",
        measures=("funding.csc.variance_percent",),
        description="One tile an authority, all of one size, darker where outturn was further above budget.",
        only_with="funding.csc.variance_percent",
    ),
)

_TRENDS = (
    Prose(text="In real terms, so that prices do not pass for growth."),
    Chart(
        kind=ChartKind.TREND,
        title="Children's social care in real terms: budget and outturn",
        measures=("funding.csc.budget.real", "funding.csc.outturn.real"),
        description="Original budget and outturn by year, in the pounds of one year.",
        only_with="funding.csc.outturn.real",
    ),
    Chart(
        kind=ChartKind.TREND,
        title="High needs in real terms: funding and spend",
        measures=("funding.hn.budget.real", "funding.hn.outturn.real"),
        description="Allocation and transfers, and spend, by year, in the pounds of one year.",
        only_with="funding.hn.outturn.real",
    ),
    FigureTable(
        title="Shortfall by year",
        measures=(
            "funding.csc.overspend",
            "funding.hn.shortfall",
            "funding.total.shortfall",
            "funding.hn.balance",
            "funding.csc.variance",
        ),
        rows="period",
    ),
)

_ASK = (
    Prose(
        text="The ask is what it would take, in each year, for budgets to meet the trend: no more than that. It "
        "is a simple projection, replaced by the demand model's distribution once that is fed."
    ),
    FigureTable(
        title="The ask by year (simple projection)",
        measures=(
            "funding.total.cost_of_doing_nothing.real",
            "funding.csc.cost_of_doing_nothing.real",
            "funding.hn.cost_of_doing_nothing.real",
        ),
        rows="period",
        only_with="funding.csc.cost_of_doing_nothing.real",
    ),
)

_NOTHING = (
    Prose(text="A line through past outturn needs five years of returns from every authority of the footprint."),
    Prose(
        text="If spend goes on rising as it has and budgets only keep pace with prices, the yearly gap in "
        "children's social care reaches {funding.csc.cost_of_doing_nothing.real}. This is a straight line "
        "with its prediction interval; it knows nothing of children, placements or policy.",
        only_with="funding.csc.cost_of_doing_nothing.real",
    ),
    Chart(
        kind=ChartKind.FAN,
        title="Children's social care outturn, and the trend carried on (simple projection)",
        measures=("funding.csc.outturn.real", "funding.csc.projected_outturn.real"),
        description="Outturn in real terms by year, then a straight line carried on with its interval.",
        only_with="funding.csc.projected_outturn.real",
    ),
)

_EFFICIENCIES = (
    Prose(text="Savings come from monitoring returns, which give what was planned and what was delivered."),
    Prose(
        text="Budgets counted on savings of {funding.csc.efficiencies_planned}; "
        "{funding.csc.efficiencies_delivered} were delivered. Reserves of {funding.csc.reserves_used} were "
        "drawn; outturns and overspends here are before them.",
        only_with="funding.csc.efficiencies_planned",
    ),
    FigureTable(
        title="Efficiencies and reserves by authority",
        measures=(
            "funding.csc.efficiencies_planned",
            "funding.csc.efficiencies_delivered",
            "funding.csc.reserves_used",
        ),
        only_with="funding.csc.efficiencies_planned",
    ),
)

_OPTIONS = (
    Prose(
        text="The gap can be closed by funding, by volume (prevention, earlier permanence), by mix (fewer "
        "children in the dearest placements) or by price (buying together). The drivers above say how much "
        "each could reach. What particular options are worth is worked out by the services that model them, "
        "in sections of their own."
    ),
)

_METHOD = (
    Prose(
        text="Three bases are kept apart and named beside every figure: *original budget to outturn* (RA against "
        "RS), *monitoring* (revised budget to outturn or forecast, before reserves) and *RO3 actuals*. A "
        "footprint's figure adds up the authorities that sent what it needs, says how many of how many they "
        "are, and fills in nothing. Net shortfalls net off underspends; gross ones do not. Real terms use "
        "the GDP deflator. The methods page defines every measure."
    ),
)

_SOURCES = (
    Prose(
        text="- MHCLG Revenue Account budgets and Revenue Outturn returns (RA, RS, RSX, RO3)\n"
        "- Authorities' monitoring returns, signed by the director of children's services and the section "
        "151 officer\n"
        "- DfE dedicated schools grant allocations and balances\n"
        "- ONS mid-year population estimates; HM Treasury GDP deflators"
    ),
)

_RESPONSE = (
    FigureTable(
        title="Response by year",
        measures=(
            "funding.response.ra_rs",
            "funding.response.ro3",
            "funding.response.monitoring",
            "funding.response.high_needs",
        ),
        rows="period",
    ),
)

_QUALITY = (
    Prose(text="Authorities code the same cost to different lines. Flags say where."),
    Prose(
        text="Flags are raised where coding, not practice, may make authorities differ. Authorities flagged on "
        "budget and outturn: {funding.csc.flagged_authorities}. Where one is, no ranking is made.",
        only_with="funding.csc.comparable",
    ),
    FigureTable(
        title="Comparability by authority",
        measures=(
            "funding.csc.comparable",
            "funding.looked_after.comparable",
            "funding.looked_after.residential.share",
        ),
    ),
)

_RECONCILIATION = (
    Prose(text="Every total of ours that has a published counterpart stands beside it."),
    FigureTable(
        title="Our totals beside published ones",
        measures=(
            "funding.reconciliation.published",
            "funding.reconciliation.ours",
            "funding.reconciliation.difference",
        ),
        rows="breakdown",
        note="The reason for each difference stands below.",
        only_with="funding.reconciliation.ours",
    ),
    Prose(text=reasons()),
)

_DECLARED: tuple[tuple[str, str, tuple[Block, ...]], ...] = (
    ("headline", "The gap", _HEADLINE),
    ("ask", "The ask by year", _ASK),
    ("gap", "The gap by authority", _GAP),
    ("drivers", "What drives it", _DRIVERS),
    ("adults", "Children's against adults' social care", _ADULTS),
    ("map", "Where it falls", _MAP),
    ("trends", "How it has grown", _TRENDS),
    ("nothing", "The cost of doing nothing", _NOTHING),
    ("efficiencies", "Efficiencies made", _EFFICIENCIES),
    ("options", "Options", _OPTIONS),
    ("method", "Method", _METHOD),
    ("sources", "Sources", _SOURCES),
    ("response", "Response rate", _RESPONSE),
    ("quality", "Quality and comparability", _QUALITY),
    ("reconciliation", "Reconciliation with published figures", _RECONCILIATION),
)

SECTIONS: tuple[Section, ...] = tuple(
    Section(id=f"funding-{name}", title=title, blocks=blocks, packs={PACK: 10 * place})
    for place, (name, title, blocks) in enumerate(_DECLARED, 1)
)
