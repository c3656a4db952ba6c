"""The causes of the gap, its growth, and its projection if nothing changes."""

from parentis.figures import Block, ChartKind, Finding, Prose
from parentis.services.funding.quantities import PLACEMENT_GROUPS
from parentis.services.funding.sections.blocks import chart, table
from parentis.services.funding.straight_line import LEVEL

DRIVERS: tuple[Block, ...] = (
    Prose(
        text="Spend is volume, mix and price: how many weeks of care, of which kinds, at what cost a week. "
        "Placement spend changed by {funding.drivers.change} on the year before: {funding.drivers.volume} "
        "from more or fewer weeks of care, {funding.drivers.mix} from the kinds of placement, "
        "{funding.drivers.price} from prices, of which {funding.drivers.price_inflation} is general "
        "inflation. Taken in every order and averaged, the parts are {funding.drivers.volume.shapley}, "
        "{funding.drivers.mix.shapley} and {funding.drivers.price.shapley}.",
        only_with="funding.drivers.change",
    ),
    chart(
        ChartKind.WATERFALL,
        "What moved placement spend",
        {
            "drivers.volume": "Volume: weeks of care",
            "drivers.mix": "Mix: kinds of placement",
            "drivers.price_inflation": "Price: general inflation",
            "drivers.price_beyond_inflation": "Price: beyond inflation",
            "drivers.change": "Change in spend",
        },
        "Volume, mix and price, one step each, and the change in spend that they add up to.",
        findings=(
            Finding(
                text="Price, not number, drives the rise: {funding.drivers.price} of {funding.drivers.change}",
                largest="funding.drivers.price",
                of=("funding.drivers.volume", "funding.drivers.mix"),
                above_zero=("funding.drivers.change",),
            ),
        ),
    ),
    table(
        "Drivers by kind of placement",
        {
            "drivers.weeks": "Child-weeks",
            "drivers.unit_cost": "Cost of a child-week",
            "drivers.volume": "Volume",
            "drivers.mix": "Mix",
            "drivers.price": "Price",
            "drivers.change": "Change in spend",
        },
        rows="breakdown",
        labels=PLACEMENT_GROUPS,
    ),
    table(
        "Change in placement spend on the year before, and its parts",
        {
            "drivers.change": "Change in spend",
            "drivers.volume": "Volume",
            "drivers.mix": "Mix",
            "drivers.price": "Price",
        },
        rows="period",
    ),
    table(
        "What was spent on children looked after, by line (RO3)",
        {
            "looked_after.net": "All",
            "looked_after.residential": "Residential care",
            "looked_after.fostering": "Fostering",
            "looked_after.asylum": "Asylum-seeking children",
            "looked_after.other": "Other",
        },
        note="Net current expenditure. Authorities code the same cost to different lines: no ranking is made of lines.",
    ),
)

ADULTS: tuple[Block, ...] = (
    Prose(
        text="By councils' own monitoring, children's overspend exceeded adults' in "
        "{funding.csc.overspend_above_adults_percent} authorities by percentage "
        "({funding.csc.overspend_above_adults_percent.share}) and in "
        "{funding.csc.overspend_above_adults_pounds} by pounds "
        "({funding.csc.overspend_above_adults_pounds.share}). Adults' overspend was {funding.asc.overspend} "
        "({funding.asc.overspend_percent}), children's {funding.csc.overspend} ({funding.csc.overspend_percent}).",
        only_with="funding.csc.overspend_above_adults_percent",
    ),
    chart(
        ChartKind.SCATTER,
        "Children's against adults' overspend by authority (monitoring)",
        {"asc.overspend_percent": "Adults' overspend", "csc.overspend_percent": "Children's overspend"},
        "Each point is an authority: adults' overspend across, children's up. Above the broken line, children's "
        "is the larger.",
        only_with="funding.csc.overspend_above_adults_percent",
    ),
    table(
        "Children's and adults' social care by authority (monitoring)",
        {
            "csc.overspend": "Children's: overspend",
            "csc.overspend_percent": "Children's: per cent",
            "asc.overspend": "Adults': overspend",
            "asc.overspend_percent": "Adults': per cent",
        },
        only_with="funding.csc.overspend_above_adults_percent",
    ),
    table(
        "Authorities whose children's overspend exceeds adults', by year (monitoring)",
        {
            "csc.overspend_above_adults_percent": "By percentage",
            "csc.overspend_above_adults_percent.share": "By percentage, share",
            "csc.overspend_above_adults_pounds": "By pounds",
            "csc.overspend_above_adults_pounds.share": "By pounds, share",
        },
        rows="period",
    ),
    Prose(
        text="Of original budget to outturn, children's variance exceeded adults' in "
        "{funding.csc.variance_above_adults_percent} "
        "authorities by percentage ({funding.csc.variance_above_adults_percent.share}) and in "
        "{funding.csc.variance_above_adults_pounds} by pounds "
        "({funding.csc.variance_above_adults_pounds.share}). Adults' variance was {funding.asc.variance}, "
        "children's {funding.csc.variance}.",
        only_with="funding.csc.variance_above_adults_percent",
    ),
    chart(
        ChartKind.SCATTER,
        "Children's against adults' variance from original budget by authority (RA and RS)",
        {"asc.variance_percent": "Adults' variance", "csc.variance_percent": "Children's variance"},
        "Each point is an authority: adults' variance across, children's up. Above the broken line, children's "
        "is the larger.",
        only_with="funding.csc.variance_above_adults_percent",
    ),
    table(
        "Children's and adults' social care by authority (RA and RS)",
        {
            "csc.variance": "Children's: variance",
            "csc.variance_percent": "Children's: per cent",
            "asc.variance": "Adults': variance",
            "asc.variance_percent": "Adults': per cent",
        },
        only_with="funding.csc.variance_above_adults_percent",
    ),
)

_TILES = "One tile an authority, all of one size, darker where {} was further above budget."

MAP: tuple[Block, ...] = (
    chart(
        ChartKind.TILE_MAP,
        "Overspend of children's social care, per cent of revised budget (monitoring)",
        {"csc.overspend_percent": "Overspend, per cent"},
        _TILES.format("outturn or forecast"),
    ),
    chart(
        ChartKind.TILE_MAP,
        "In-year shortfall of high needs, per cent of funding (monitoring)",
        {"hn.shortfall_percent": "Shortfall, per cent"},
        "One tile an authority, all of one size, darker where spend was further above funding.",
    ),
    chart(
        ChartKind.TILE_MAP,
        "Variance of children's social care, per cent of original budget (RA and RS)",
        {"csc.variance_percent": "Variance, per cent"},
        _TILES.format("outturn"),
    ),
    chart(
        ChartKind.TILE_MAP,
        "Dedicated schools grant balance, per cent of income (DfE)",
        {"dsg.balance_percent": "Balance, per cent"},
        "One tile an authority, all of one size; a surplus one colour, a deficit the other, darker the larger.",
    ),
)

TRENDS: tuple[Block, ...] = (
    chart(
        ChartKind.TREND,
        "Children's social care in real terms: revised budget and outturn (monitoring)",
        {"csc.expected_outturn.real": "Outturn or forecast", "csc.revised_budget.real": "Revised budget"},
        "Revised budget and outturn or forecast by year, in the pounds of one year.",
    ),
    chart(
        ChartKind.TREND,
        "High needs in real terms: funding and spend (monitoring)",
        {"hn.outturn.real": "Spend", "hn.budget.real": "Allocation and transfers"},
        "Allocation and transfers, and spend, by year, in the pounds of one year.",
    ),
    chart(
        ChartKind.TREND,
        "The gap in real terms (monitoring)",
        {
            "total.shortfall.real": "Both together",
            "csc.overspend.real": "Children's social care: overspend",
            "hn.shortfall.real": "High needs: shortfall",
        },
        "Overspend, in-year shortfall and both together by year, in the pounds of one year.",
    ),
    table(
        "The gap by year (monitoring)",
        {
            "csc.overspend": "Social care: overspend",
            "csc.overspend_percent": "Social care: overspend, per cent",
            "hn.shortfall": "High needs: in-year shortfall",
            "hn.shortfall_percent": "High needs: shortfall, per cent",
            "total.shortfall": "Both: shortfall",
            "total.shortfall.real": "Both: shortfall, real terms",
            "hn.balance": "High needs: balance at year end",
        },
        rows="period",
    ),
    table(
        "How many authorities, by year (monitoring)",
        {
            "csc.over_budget_authorities": "Social care: over budget",
            "csc.over_budget_authorities.over_1_percent": "Social care: by more than one per cent",
            "hn.shortfall_authorities": "High needs: short",
            "hn.shortfall_authorities.over_1_percent": "High needs: by more than one per cent",
        },
        rows="period",
    ),
    chart(
        ChartKind.TREND,
        "Children's social care in real terms: original budget and outturn (RA and RS)",
        {"csc.outturn.real": "Outturn", "csc.budget.real": "Original budget"},
        "Original budget and outturn by year, in the pounds of one year. A year without the return has no point.",
    ),
    table(
        "Original budget to outturn by year (RA and RS)",
        {
            "csc.budget": "Original budget",
            "csc.outturn": "Outturn",
            "csc.variance": "Variance",
            "csc.variance_gross": "Variance, gross of underspends",
            "csc.overspending_authorities": "Authorities above budget",
            "csc.overspending_authorities.over_1_percent": "By more than one per cent",
        },
        rows="period",
    ),
    table(
        "Dedicated schools grant and its balance by year (DfE)",
        {
            "dsg.allocation": "Grant, before deductions",
            "hn.block": "High needs block, before deductions",
            "hn.block_after_deductions": "High needs block, after deductions",
            "dsg.balance_percent": "Balance, per cent of income",
            "dsg.deficit_authorities": "Authorities in deficit",
        },
        rows="period",
    ),
)

CHECK: tuple[Block, ...] = (
    Prose(
        text="This is a check of the ask, and no ask of its own: a straight line through past outturn, with its "
        "prediction interval, that knows nothing of children, placements, prices or policy. By it spend in the last "
        "year shown is {funding.check.gap.real} above the last budgets; the projection's shortfall of both pots, "
        "whoever pays, is {funding.forecast.shortfall.real} in the same prices. They differ because the line holds the "
        "last budgets in real terms, where the projection lets budgets grow by the path that its method states, and "
        "because the line carries on the average rise of all the years it goes through, where the projection starts "
        "from the last one.",
        only_with="funding.check.gap.real",
    ),
    table(
        "Check: the straight line less the last budgets, in real terms",
        {
            "check.gap.real": "Straight line: both pots",
            "check.csc_gap.real": "Straight line: social care",
            "check.hn_gap.real": "Straight line: high needs",
        },
        rows="period",
        note=f"In brackets, the {LEVEL:.0%} prediction interval of the line; that of both pots is of a line through "
        "their sum.",
    ),
    chart(
        ChartKind.FAN,
        "Check: children's social care outturn in a straight line (monitoring)",
        {"csc.expected_outturn.real": "Outturn or forecast", "check.csc_outturn.real": "Straight line"},
        "Outturn in real terms by year, then a straight line carried on with its interval.",
        only_with="funding.check.csc_gap.real",
    ),
    chart(
        ChartKind.FAN,
        "Check: high needs spend in a straight line (monitoring)",
        {"hn.outturn.real": "Spend", "check.hn_outturn.real": "Straight line"},
        "Spend in real terms by year, then a straight line carried on with its interval.",
        only_with="funding.check.hn_gap.real",
    ),
    chart(
        ChartKind.FAN,
        "Check: children's social care outturn in a straight line (RS)",
        {"csc.outturn.real": "Outturn", "check.csc_outturn_rs.real": "Straight line"},
        "Outturn in real terms by year, then a straight line carried on with its interval.",
        only_with="funding.check.csc_variance_rs.real",
    ),
    table(
        "Check: the straight line less the last original budget (RA and RS)",
        {"check.csc_variance_rs.real": "Variance, real terms"},
        rows="period",
    ),
)

EFFICIENCIES: tuple[Block, ...] = (
    Prose(
        text="Budgets counted on savings of {funding.csc.efficiencies_planned}; "
        "{funding.csc.efficiencies_delivered} were delivered. Reserves of {funding.csc.reserves_used} were "
        "drawn; outturns and overspends here are before them.",
        only_with="funding.csc.efficiencies_planned",
    ),
    table(
        "Efficiencies and reserves by year (monitoring)",
        {
            "csc.efficiencies_planned": "Efficiencies planned",
            "csc.efficiencies_delivered": "Efficiencies delivered",
            "csc.reserves_used": "Reserves drawn",
        },
        rows="period",
    ),
    table(
        "Efficiencies and reserves by authority (monitoring)",
        {
            "csc.efficiencies_planned": "Efficiencies planned",
            "csc.efficiencies_delivered": "Efficiencies delivered",
            "csc.reserves_used": "Reserves drawn",
        },
    ),
)

OPTIONS: tuple[Block, ...] = (
    Prose(
        text="The gap can be closed by funding, by volume (prevention, earlier permanence), by mix (fewer "
        "children in the dearest placements) or by price (buying together). The drivers say how much "
        "each could reach. What particular options are worth is worked out by the services that model them, "
        "in sections of their own."
    ),
    Prose(
        text="What there is to reach: {funding.drivers.weeks} of care were bought, at {funding.drivers.unit_cost} on "
        "average. In a year, prices beyond general inflation added {funding.drivers.price_beyond_inflation}, the "
        "kinds of placement {funding.drivers.mix} and the number of weeks {funding.drivers.volume}.",
        only_with="funding.drivers.change",
    ),
)
