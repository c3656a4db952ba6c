"""What money, plans and the scenario put into packs."""

from parentis.figures import Chart, ChartKind, FigureTable, Prose, Section
from parentis.services.demand.money.measures import EXAMPLE, STEPS

PACK = "spending-review"
_COST, _DIFFERENCE, _PLANS = "demand.cost.forecast", "demand.scenario.difference", "demand.plans.forecast"

MONEY_SECTIONS: tuple[Section, ...] = (
    Section(
        id="demand-cost",
        title="What placements will cost",
        blocks=(
            Prose(
                text="Each simulated night is paid at a price drawn from what is known of the authority's prices, "
                "which rise with inflation and with each kind of placement's own uplift. The last year simulated costs "
                "{demand.cost.forecast}.",
                only_with=_COST,
            ),
            Chart(
                kind=ChartKind.FAN,
                title="Cost of placements, last year and forecast",
                measures=("demand.cost.before", _COST),
                headings=("At the model's prices", "Forecast"),
                description="The last year's cost, continued by the forecast and the interval that holds eight in ten "
                "of the simulated futures; pounds of the day.",
                only_with=_COST,
            ),
            Chart(
                kind=ChartKind.STACK,
                title="Children looked after by placement group, forecast",
                measures=("demand.children.forecast",),
                description="Bars of each quarter's mean forecast, one colour a placement group.",
                only_with="demand.children.forecast",
            ),
            FigureTable(
                title="Price of a night by placement group",
                measures=("demand.price.night",),
                rows="breakdown",
                note="Gross of contributions by health and education. In brackets, the interval of eight in ten.",
                only_with="demand.price.night",
            ),
            FigureTable(
                title="Cost of placements by authority, last year forecast",
                measures=(_COST,),
                only_with=_COST,
            ),
        ),
        packs={PACK: 46},
        otherwise="Costs need looked-after children returns and prices: placement costs, budget "
        "monitoring, or section 251 unit costs in LAIT.",
    ),
    # No pack carries it: there the scenario is costed by the forecast, from placements as monitored (funding's
    # options), and a second amount for the same scenario would be read as a second finding.
    Section(
        id="demand-scenario",
        title="What if: a scenario and its parts",
        blocks=(
            Prose(
                text=f"{EXAMPLE.description} The sizes of the changes are for illustration. In the last year simulated "
                "the scenario makes a difference of {demand.scenario.difference}.",
                only_with=_DIFFERENCE,
            ),
            Chart(
                kind=ChartKind.FAN,
                title="Difference that the scenario makes to cost, by year",
                measures=(_DIFFERENCE,),
                headings=("Difference in cost",),
                description="Below nil the scenario saves. The interval is of the difference: both sides meet the same "
                "children and prices.",
                only_with=_DIFFERENCE,
            ),
            Chart(
                kind=ChartKind.WATERFALL,
                title="From the cost without the scenario to the cost with it",
                measures=tuple(f"demand.waterfall.{step}" for step, _ in STEPS),
                headings=tuple(title for _, title in STEPS),
                description="Each change alone, then what the changes make of one another; the parts sum to the whole.",
                only_with="demand.waterfall.after",
            ),
        ),
    ),
    Section(
        id="demand-plans",
        title="Education, health and care plans to come",
        blocks=(
            Chart(
                kind=ChartKind.FAN,
                title="EHC plans in January, observed and forecast",
                measures=("demand.plans.observed", _PLANS),
                headings=("Published", "Forecast"),
                description="The last January's plans, continued by the forecast and its interval of eight in ten.",
                only_with=_PLANS,
            ),
            Chart(
                kind=ChartKind.STACK,
                title="EHC plans by setting, forecast",
                measures=(_PLANS,),
                description="Bars of each January's mean forecast, one colour a setting.",
                only_with=_PLANS,
            ),
        ),
        packs={PACK: 48},
        otherwise="Plans need DfE's release of EHC plans.",
    ),
)
