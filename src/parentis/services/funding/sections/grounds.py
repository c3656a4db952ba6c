"""The basis of the figures: method, sources, response, quality and reconciliation."""

from parentis.figures import Block, Prose
from parentis.services.funding.catalogue import MEASURES
from parentis.services.funding.reconciliation import UNITS, published, reasons
from parentis.services.funding.sections.blocks import table
from parentis.services.funding.treasury import NO_SPENDING_POWER

METHOD: tuple[Block, ...] = (
    Prose(
        text="Three bases are kept apart and named beside every figure: *original budget to outturn* (RA against "
        "RS), *monitoring* (revised budget to outturn or forecast, before reserves) and *RO3 actuals*. A "
        "footprint's figure adds up the authorities that sent what it needs, says how many of how many they "
        "are, and fills in nothing. Net shortfalls net off underspends; gross ones do not. Real terms use "
        "the GDP deflator, so that prices do not pass for growth. The ask is one projection, whose method, "
        "sensitivities and record are in chapters of their own; a straight line through past outturn is its check. A "
        "tile grid gives small authorities the same room as large ones. The methods page defines every measure."
    ),
)

SOURCES: tuple[Block, ...] = (
    Prose(
        text="- MHCLG Revenue Account budgets and Revenue Outturn returns (RA, RS, RSX, RO3)\n"
        "- Authorities' monitoring returns, signed by the director of children's services and the section "
        "151 officer\n"
        "- DfE dedicated schools grant allocations and balances\n"
        "- ONS mid-year population estimates; HM Treasury GDP deflators"
    ),
)

RESPONSE: tuple[Block, ...] = (
    table(
        "Response by year",
        {
            "response.ra_rs": "RA and RS",
            "response.ro3": "RO3",
            "response.monitoring": "Monitoring, social care",
            "response.high_needs": "Monitoring, high needs",
            "response.signed": "Monitoring, signed",
        },
        rows="period",
        only_with="",
        note="Returns held, per cent of the footprint's authorities; signed, per cent of the monitoring returns held.",
    ),
)

QUALITY: tuple[Block, ...] = (
    Prose(
        text="Authorities code the same cost to different lines. Flags are raised where coding, not practice, may make "
        "authorities differ. An authority that is flagged, or could not be tested, has no rank, and totals stand with "
        "it and without it.",
    ),
    Prose(
        text="Of monitoring returns, {funding.response.signed} are signed; figures from the others are provisional. "
        "Authorities flagged on their monitoring: {funding.csc.monitoring_flagged_authorities}.",
        only_with="funding.csc.monitoring_comparable",
    ),
    Prose(
        text="Authorities flagged on original budget and outturn: {funding.csc.flagged_authorities}.",
        only_with="funding.csc.comparable",
    ),
    table(
        "Children's overspend with flagged authorities and without (monitoring)",
        {
            "csc.overspend": "All",
            "csc.overspend.unflagged": "Without flagged authorities",
            "csc.overspend_percent.unflagged": "Without them, per cent of revised budget",
            "csc.monitoring_flagged_authorities": "Authorities flagged",
        },
        rows="period",
        only_with="funding.csc.monitoring_flagged_authorities",
    ),
    table(
        "Variance with flagged authorities and without (RA and RS)",
        {
            "csc.variance": "All",
            "csc.variance.unflagged": "Without flagged authorities",
            "csc.variance_percent.unflagged": "Without them, per cent of original budget",
            "csc.flagged_authorities": "Authorities flagged",
        },
        rows="period",
        only_with="funding.csc.flagged_authorities",
    ),
    table(
        "Comparability of monitoring by authority",
        {"csc.monitoring_comparable": "1 comparable, 0 flagged"},
    ),
    table(
        "Comparability of original budget and outturn by authority",
        {"csc.comparable": "1 comparable, 0 flagged"},
    ),
    table(
        "Comparability of RO3 lines by authority",
        {
            "looked_after.comparable": "1 comparable, 0 flagged",
            "looked_after.residential.share": "Residential care, share of looked-after spend",
        },
    ),
)

_COMPARED = {one.measure for one in published()}

TREASURY_NUMBERS: tuple[Block, ...] = (
    Prose(
        text=f"{NO_SPENDING_POWER} Children's social care was budgeted at {{funding.treasury.csc_share}} of the three.",
        only_with="funding.treasury.spending_power",
    ),
    table(
        "What the settlement and council tax gave, as councils budgeted (RA)",
        {
            "treasury.support_grant": "Revenue Support Grant",
            "treasury.rates": "Retained rates",
            "treasury.council_tax": "Council tax requirement",
            "treasury.spending_power": "The three together",
            "treasury.specific_grants": "Specific grants, DSG among them",
            "treasury.csc_share": "Children's social care, share of the three",
        },
        rows="period",
        only_with="funding.treasury.spending_power",
        note="Changes between years of Revenue Support Grant and retained rates also show pilots of rate retention.",
    ),
    table(
        "Ours less the government's own number, by year",
        {
            "treasury.csc_budget_difference": "Social care budget less RA",
            "treasury.csc_outturn_difference": "Social care outturn less RS",
            "treasury.hn_difference": "High-needs allocation less DfE's block",
        },
        rows="period",
        note="Of authorities that have both. The reasons for differences of basis are in the method.",
    ),
)

RECONCILIATION: tuple[Block, ...] = (
    *(
        table(
            f"Our totals beside published ones: {words}",
            {
                f"reconciliation.published.{name}": "Published",
                f"reconciliation.ours.{name}": "Ours",
                f"reconciliation.difference.{name}": "Difference",
            },
            rows="breakdown-period",
            note="The reason for each difference stands below.",
        )
        for name, words, _ in UNITS.values()
    ),
    *(Prose(text=reasons(measure), only_with=measure.id) for measure in MEASURES if measure.id in _COMPARED),
)
