"""The first page of the Spending Review pack: each sentence stands only where the figures bear it out."""

from parentis.figures import FigureTable, Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="Price, not number, drives the rise in what children's placements cost: {funding.drivers.price} of "
            "{funding.drivers.change} in {period}.",
            largest="funding.drivers.price",
            of=("funding.drivers.volume", "funding.drivers.mix"),
            above_zero=("funding.drivers.change",),
        ),
        Finding(
            text="Councils spent {funding.total.shortfall} more on children's social care and high needs in {period} "
            "than they were funded for.",
            above_zero=("funding.total.shortfall",),
        ),
        Finding(
            text="Councils spent {funding.csc.variance} more on children's social care than they budgeted in {period}, "
            "and {funding.csc.variance||2017-18} more in 2017-18.",
            above_zero=("funding.csc.variance",),
        ),
        Finding(
            text="Councils spent {funding.csc.variance} more on children's social care than they budgeted in {period}.",
            above_zero=("funding.csc.variance",),
        ),
    ),
    number=(
        Finding(
            text="The shortfall of {period} is {funding.total.shortfall}: {funding.csc.overspend} in social care "
            "({funding.csc.overspend_percent} of revised budgets, in {funding.csc.over_budget_authorities} "
            "authorities) and {funding.hn.shortfall} in high needs. Balances of the dedicated schools grant stand at "
            "{funding.hn.balance}.",
        ),
        Finding(
            text="In {period}, outturn was {funding.csc.variance} or {funding.csc.variance_percent} above original "
            "budgets (RA against RS), and above them in {funding.csc.overspending_authorities} authorities; without "
            "netting off underspends it is {funding.csc.variance_gross}.",
        ),
    ),
    cause=(
        Finding(
            text="Fewer weeks of care ({funding.drivers.volume}) were outweighed by dearer kinds of placement "
            "({funding.drivers.mix}) and by prices ({funding.drivers.price}, of which "
            "{funding.drivers.price_beyond_inflation} is above general inflation).",
            below_zero=("funding.drivers.volume",),
            above_zero=("funding.drivers.change", "funding.drivers.mix", "funding.drivers.price_beyond_inflation"),
        ),
        Finding(
            text="Weeks of care changed placement spend by {funding.drivers.volume}, kinds of placement by "
            "{funding.drivers.mix}, prices by {funding.drivers.price}, of which "
            "{funding.drivers.price_beyond_inflation} is above general inflation.",
        ),
        Finding(
            text="Of {funding.looked_after.net} spent on children looked after in {period}, residential care took "
            "{funding.looked_after.residential} and fostering {funding.looked_after.fostering}.",
        ),
    ),
    ask=(
        Finding(
            text="{funding.forecast.ask_to_date} in cash over the years below, {funding.forecast.ask_to_date.real} in "
            "real terms, of which {funding.forecast.ask} in the last.",
        ),
        FigureTable(
            title="The ask by year (mean of the simulated futures; in brackets, eight in ten of them)",
            measures=(
                "funding.forecast.ask",
                "funding.forecast.ask.real",
                "funding.forecast.ask_to_date",
                "funding.forecast.ask_to_date.real",
            ),
            rows="period",
            headings=("Cash", "Real terms", "In total, cash", "In total, real terms"),
        ),
    ),
    buys=(
        Finding(
            text="It meets what {demand.children.forecast} looked-after children, and the plans of children with "
            "special needs, are expected to cost, so that no council has to find it elsewhere. A scenario of support "
            "at the edge of care, foster homes and joint commissioning changes the last year's ask by "
            "{funding.forecast.option.last_year||latest|option=closer-to-home together}, before what it costs itself.",
            several_periods=True,
        ),
        Finding(
            text="It meets what {demand.children.forecast} looked-after children, and the plans of children with "
            "special needs, are expected to cost, so that no council has to find it elsewhere.",
        ),
    ),
    refusing=(
        Finding(
            text="The chance that the shortfall exceeds a tenth of budgets in the last year is "
            "{funding.forecast.exceeds_10}, and {funding.forecast.authorities_exhausted} authorities are expected to "
            "have used their reserves up.",
        ),
        Finding(
            text="The chance that the shortfall exceeds a tenth of budgets in the last year is "
            "{funding.forecast.exceeds_10}; balances of the dedicated schools grant would stand at "
            "{funding.forecast.dsg_balance}.",
        ),
    ),
    outcomes=(
        "improvement.s07",
        "improvement.s08",
        "improvement.s09",
        "improvement.s13",
        "statistics.placements.three_or_more_percent",
        "statistics.placements.same_carer_two_years_percent",
        "statistics.missing.children_percent",
        "statistics.cla.rate_per_10000",
    ),
)
