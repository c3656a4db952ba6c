"""Specs of the open statistics: the tables that their readers return."""

from parentis.returns.spec import Column, Kind, Spec, Table

_VALUE = Column(name="VALUE", kind=Kind.NUMBER, meaning="The published number, in the publisher's unit", example="120")
_MARKER = Column(
    name="MARKER",
    kind=Kind.TEXT,
    meaning="The sign published instead of a number: c confidential, x or - not available, z not applicable, "
    "k or low rounds to zero, u unreliable",
    example="c",
)

LAIT = Spec(
    id="open_statistics.lait",
    title="Local Authority Interactive Tool (LAIT): base data and dictionary of measures",
    source="DfE, Local Authority Interactive Tool, gov.uk",
    tables=(
        Table(
            name="lines",
            authority="LA_NUMBER",
            meaning="One value of one measure for one place and year",
            unique=("SHORT_DESC", "YEARS", "LA_NUMBER"),
            identity=("SHORT_DESC", "YEARS", "LA_NUMBER"),
            columns=(
                Column(
                    name="SHORT_DESC",
                    kind=Kind.TEXT,
                    meaning="Short name of the measure",
                    key=True,
                    example="LACnum",
                ),
                Column(name="YEARS", kind=Kind.TEXT, meaning="Year as written", key=True, example="2024-25 (OT)"),
                Column(name="PLACE", kind=Kind.TEXT, meaning="Authority, region or England", example="Camden"),
                Column(
                    name="LA_NUMBER",
                    kind=Kind.TEXT,
                    meaning="DfE number of the authority; 970 to 990 are England, its regions and London's halves",
                    key=True,
                    example="202",
                ),
                _VALUE,
                _MARKER,
            ),
        ),
        Table(
            name="dictionary",
            meaning="What each measure means",
            unique=("SHORT_DESC",),
            identity=("SHORT_DESC",),
            columns=(
                Column(
                    name="SHORT_DESC",
                    kind=Kind.TEXT,
                    meaning="Short name of the measure, as in lines",
                    key=True,
                    example="LACnum",
                ),
                Column(name="CODE", kind=Kind.TEXT, meaning="The tool's code of the measure", example="1"),
                Column(
                    name="TOPIC",
                    kind=Kind.TEXT,
                    meaning="Topic it is listed under",
                    example="Children Looked After",
                ),
                Column(name="MEASURE", kind=Kind.TEXT, meaning="Name of the measure", example="Children looked after"),
                Column(
                    name="TITLE",
                    kind=Kind.TEXT,
                    meaning="Title of its chart",
                    example="Children looked after (num)",
                ),
                Column(name="POLARITY", kind=Kind.TEXT, meaning="High or Low: which is better", example="Low"),
                Column(name="AXIS", kind=Kind.TEXT, meaning="Name of its axis, which says the unit", example="Number"),
                Column(name="DESCRIPTION", kind=Kind.TEXT, meaning="What it counts"),
                Column(name="METHODOLOGY", kind=Kind.TEXT, meaning="How it is made"),
                Column(name="OWNER", kind=Kind.TEXT, meaning="Who owns the data", example="DfE"),
                Column(name="LINK", kind=Kind.TEXT, meaning="Where it is published"),
                Column(name="DECIMALS", kind=Kind.INTEGER, meaning="Decimal places shown", example="0"),
                Column(
                    name="YEAR_TYPE",
                    kind=Kind.TEXT,
                    meaning="Kind of year: Academic, Calendar, Financial, Annual …",
                    example="Financial Year",
                ),
            ),
        ),
    ),
)

DFE = Spec(
    id="open_statistics.dfe",
    title="Explore education statistics: data sets in DfE's long format",
    source="DfE, Explore education statistics (open data standard); older SFR underlying data",
    tables=(
        Table(
            name="values",
            authority="GEOGRAPHY",
            meaning="One value of one indicator for one place, period and breakdown. The part is a mark of what the "
            "file holds: columns, filters, indicators, levels, places and periods",
            unique=("GEOGRAPHY", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN", "INDICATOR"),
            identity=("GEOGRAPHY", "LEVEL", "TIME_PERIOD", "TIME_IDENTIFIER", "BREAKDOWN", "INDICATOR"),
            columns=(
                Column(
                    name="DATA_SET",
                    kind=Kind.TEXT,
                    meaning="What the data set is called: its id where it is declared, else after its file",
                    example="cla_number_and_rate",
                ),
                Column(
                    name="GEOGRAPHY",
                    kind=Kind.TEXT,
                    meaning="ONS code of the place",
                    key=True,
                    example="E09000007",
                ),
                Column(name="LEVEL", kind=Kind.TEXT, meaning="National, Regional, Local authority", example="Regional"),
                Column(name="PLACE", kind=Kind.TEXT, meaning="Name of the place", example="Camden"),
                Column(name="TIME_PERIOD", kind=Kind.TEXT, meaning="Period as written", key=True, example="202425"),
                Column(
                    name="TIME_IDENTIFIER",
                    kind=Kind.TEXT,
                    meaning="Kind of period: Reporting year, Financial year …",
                    example="Financial year",
                ),
                Column(
                    name="BREAKDOWN",
                    kind=Kind.TEXT,
                    meaning="Filters and their values, `filter=value` joined by `;` in order of filter",
                    example="cla_group=Gender;characteristic=Female",
                ),
                Column(
                    name="INDICATOR",
                    kind=Kind.TEXT,
                    meaning="Heading of the indicator",
                    key=True,
                    example="number",
                ),
                Column(
                    name="UNIT",
                    kind=Kind.TEXT,
                    meaning="The unit, where the cells themselves say it",
                    example="%",
                ),
                _VALUE,
                _MARKER,
            ),
        ),
    ),
)
