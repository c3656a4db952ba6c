"""Budget and outturn files of each published layout, small and invented."""

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from published_files import Rows, delimited, ods, read, typed, xlsx

from parentis.errors import SpecificationError
from parentis.returns.finance import RETURNS

BY_ID = {declared.id: declared for declared in RETURNS}

RA_2018: Rows = [
    ["Revenue Account Budget (RA) 2018-19: Revenue Account data"],
    ["Net current expenditure (£ thousand)"],
    ["", "", "", "", "", 4, 5, 6],
    ["", "", "", "", "", 1, 1, 1],
    ["", "", "", "", "", "Children's Social Care", "", "Adult Social Care"],
    ["", "", "", "", "", 313, 330, 360],
    [
        "E-code",
        "ONS Code",
        "Local authority",
        "",
        "Class",
        "Children's social care: Children looked after",
        "TOTAL CHILDREN'S SOCIAL CARE",
        "TOTAL ADULT SOCIAL CARE",
    ],
    ["E5010", "E09000001", "City of London", "S", "L", 10, 20.5, 0],
    ["E5011", "E09000007", "Camden", "", "L", "…", "", 30],
    ["E5100", "E12000007", "Greater London Authority", "", "O", 0, 0, 0],
    [],
    ["", "", "ENGLAND", "", "", 99, 99, 99],
    ["", "", "LONDON BOROUGHS", "", "L", 98, 98, 98],
    ["Source: an invented source"],
]


def amounts(frame: pl.DataFrame, measure: str = "net") -> dict[tuple[str, str], Decimal | None]:
    kept = frame.filter((pl.col("MEASURE") == measure) & pl.col("SERVICE_LINE").is_not_null())
    return {(code, line): amount for code, line, amount in kept.select("ONS_CODE", "SERVICE_LINE", "AMOUNT").rows()}


@pytest.mark.spec
def test_budget_workbook(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "budget.xlsx",
        {"Front Page": [["REVENUE ACCOUNT BUDGET 2018-19"]], "RA LA Data 2018-19": RA_2018},
    )
    taken, tables = read(RETURNS, path)
    assert (taken.return_id, taken.part, taken.period) == ("finance.ra", "", "2018-19")
    frame = typed(BY_ID["finance.ra"], tables, "lines")
    assert amounts(frame) == {
        ("E09000001", "csc.looked_after"): Decimal("10000.00"),
        ("E09000001", "csc"): Decimal("20500.00"),
        ("E09000001", "asc"): Decimal("0.00"),
        ("E09000007", "csc.looked_after"): None,
        ("E09000007", "csc"): None,
        ("E09000007", "asc"): Decimal("30000.00"),
    }
    assert dict(frame.filter(pl.col("AMOUNT").is_null()).select("LINE", "MARKER").rows()) == {
        "313": "…",
        "330": None,
    }
    assert frame.filter(pl.col("ONS_CODE") == "E09000001")["NOTE"].unique().to_list() == ["S"]
    said = " ".join(problem.message for problem in tables.problems)
    assert "3 rows that are no authority's left out: Greater London Authority, ENGLAND, LONDON BOROUGHS" in said
    assert "… 1" in said


@pytest.mark.spec
def test_budget_before_ons_codes_is_matched_by_name(tmp_path: Path) -> None:
    rows = [[cell for at, cell in enumerate(row) if at != 1] for row in RA_2018[:9]]
    rows[0] = ["Revenue Account Budget (RA): 2016-17 data"]
    rows.append(["E0101", "Bath & North East Somerset UA", "", "UA", 1, 2, 3])
    rows.append(["E3831", "Adur", "", "SD", 0, 0, 0])
    taken, tables = read(RETURNS, xlsx(tmp_path / "a.xlsx", {"RA LA Data 2016-17": rows}))
    assert taken.period == "2016-17"
    found = typed(BY_ID["finance.ra"], tables, "lines")["ONS_CODE"].unique(maintain_order=True).to_list()
    assert found == ["E09000001", "E09000007", "E06000022"]
    assert [p.severity for p in tables.problems if "Adur" in p.message] == ["note"]


@pytest.mark.spec
def test_budget_csv_with_thousands_separators(tmp_path: Path) -> None:
    rows = [list(row) for row in RA_2018[:8]]
    rows[0] = ["Revenue Account Budget (RA) 2021-22: Revenue Account data"]
    rows[7][5:] = ["1,234", "(2,000)", "-3"]
    taken, tables = read(RETURNS, delimited(tmp_path / "budget.csv", rows))
    assert (taken.return_id, taken.period) == ("finance.ra", "2021-22")
    assert list(amounts(typed(BY_ID["finance.ra"], tables, "lines")).values()) == [
        Decimal(1_234_000),
        Decimal(-2_000_000),
        Decimal(-3_000),
    ]


@pytest.mark.spec
def test_outturn_summary_workbook_takes_the_data_sheet(tmp_path: Path) -> None:
    top = [
        ["Revenue Outturn (RO) 2017-18: Revenue Outturn Summary (RS) data"],
        ["Net current expenditure (£ thousand)"],
    ]
    headings = ["E-code", "ONS Code", "Local authority", "", "Class"]
    data = [
        *top,
        ["Hide or delete", "", "", "", "", 1, 5],
        ["", "", "", "", "", 330, 360],
        [*headings, "Children Social Care", "Adult Social Care"],
        ["E5011", "E09000007", "Camden", "", "L", 7, 8],
    ]
    check = [*top, [*headings, "Public Health"], ["E5011", "E09000007", "Camden", "", "L", 1]]
    path = xlsx(
        tmp_path / "rs.xlsx",
        {"Front Page": [["RS - REVENUE OUTTURN SUMMARY 2017-18"]], "PHE Check": check, "RS LA Data 2017-18": data},
    )
    taken, tables = read(RETURNS, path)
    assert (taken.return_id, taken.part, taken.period) == ("finance.rs", "RS", "2017-18")
    assert amounts(typed(BY_ID["finance.rs"], tables, "lines")) == {
        ("E09000007", "csc"): Decimal(7_000),
        ("E09000007", "asc"): Decimal(8_000),
    }


def summary(years: str, *, numbered: bool) -> Rows:
    measures = [
        "Employees\n (C1)",
        "Total Expenditure\n (C3 = C1 + C2)",
        "Net Current Expenditure\n (C7 = C3 - C6)",
    ]
    extra = [
        ["", "", "", "", "", "", "RSX-csc-empl", "RSX-csc-tot-exp", "RSX-csc-net-cur-exp"],
        ["Hide ", "", "", "", "", "Row_no", 330, 330, 330],
        ["", "", "", "", "", "Col_no", 1, 3, 7],
    ]
    return [
        [f"Worksheet 2: Revenue Outturn (RO) {years} Final: Service Expenditure Summary (RSX) data"],
        ["Data are reported in £ thousand."],
        *(extra if numbered else []),
        [
            *("E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class"),
            *(f"Children Social Care- {measure}" for measure in measures),
        ],
        ["E5011", "E09000007", "Camden", "M", "LB", "LB", "...", "[x]", "[n]"],
        ["E5012", "E09000011", "Greenwich", "[note 4]", "LB", "LB", "1,000", 3, 5],
        ["Eng", "E92000001", "ENGLAND", "", "Eng", "Eng", 9, 9, 9],
        ["E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "a", "b", "c"],
        ["[Y]", "E09", "London Boroughs", "", "LB", "London", 9, 9, 9],
        ["E5100", "E61000001", "Greater London Authority", "", "O", "GLA", 9, 9, 9],
    ]


@pytest.mark.spec
@pytest.mark.parametrize(("form", "number"), [("csv", "330"), ("ods", None)])
def test_service_expenditure_summary(tmp_path: Path, form: str, number: str | None) -> None:
    if form == "csv":
        path = delimited(tmp_path / "rsx.csv", summary("2021-22", numbered=True))
    else:
        notes = [
            ["Notes"],
            ["Note number", "Note text"],
            ["[note 4]", "An invented remark"],
            ["M", "Not received"],
        ]
        path = ods(tmp_path / "rsx.ods", {"Notes": notes, "RSX_LA_Data_202122": summary("2021-22", numbered=False)})
    taken, tables = read(RETURNS, path)
    assert (taken.return_id, taken.part, taken.period) == ("finance.rs", "RSX", "2021-22")
    frame = typed(BY_ID["finance.rs"], tables, "lines")
    assert frame["ONS_CODE"].unique(maintain_order=True).to_list() == ["E09000007", "E09000011"]
    assert frame["LINE"].unique().to_list() == [number]
    assert frame.filter(pl.col("ONS_CODE") == "E09000007").select("MEASURE", "AMOUNT", "MARKER").rows() == [
        ("employees", None, "..."),
        ("gross", None, "[x]"),
        ("net", None, "[n]"),
    ]
    assert amounts(frame, "employees")["E09000011", "csc"] == Decimal(1_000_000)
    assert amounts(frame)["E09000011", "csc"] == Decimal(5_000)
    if form == "ods":
        assert tables.tables["notes"].rows() == [("[note 4]", "An invented remark"), ("M", "Not received")]


@pytest.mark.spec
def test_social_care_outturn(tmp_path: Path) -> None:
    looked_after = "Children's social care - Children Looked After"
    rows = [
        ["Worksheet 2: Revenue Outturn (RO) 2023-24: Social Care and Public Health (RO3) data"],
        ["This worksheet contains two tables. Data are reported in £ thousand."],
        [
            *("E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "Certification"),
            f"{looked_after} - Net Current Expenditure (C7 = C3 - C6)",
            f"{looked_after} of which residential care - Net Current Expenditure (C7 = C3 - C6)",
            "TOTAL CHILDREN SOCIAL CARE - Total Expenditure (C3 = C1 + C2)",
            "TOTAL CHILDREN SOCIAL CARE - Children's Social Care - agency staff cost memorandum item",
        ],
        ["E5011", "E09000007", "Camden", "", "LB", "London", "Y", 12, 3.25, 40, 2],
    ]
    taken, tables = read(RETURNS, ods(tmp_path / "ro3.ods", {"RO3_LA_Data_202324": rows}))
    assert (taken.return_id, taken.part, taken.period) == ("finance.ro3", "", "2023-24")
    frame = typed(BY_ID["finance.ro3"], tables, "lines")
    assert frame.select("SERVICE_LINE", "MEASURE", "AMOUNT").rows() == [
        ("csc.looked_after", "net", Decimal(12_000)),
        ("csc.looked_after.residential", "net", Decimal(3_250)),
        ("csc", "gross", Decimal(40_000)),
        ("csc.agency", "memorandum", Decimal(2_000)),
    ]


@pytest.mark.unit
def test_a_label_above_merged_measures(tmp_path: Path) -> None:
    """Outturn workbooks of some years write a line's label once, over its columns."""
    rows = [
        ["Revenue Outturn (RO) 2016-17: Social Care and Public Health Services (RO3) data"],
        ["£ thousand"],
        ["", "", "", "", 330, 330, 360, 360],
        ["", "", "", "", "TOTAL CHILDREN'S SOCIAL CARE", "", "TOTAL ADULT SOCIAL CARE", ""],
        [
            "E-code",
            "ONS Code",
            "Local authority",
            "Class",
            *(["Total Expenditure", "Net Current Expenditure"] * 2),
        ],
        ["E5011", "E09000007", "Camden", "L", 1, 2, 3, 4],
    ]
    _, tables = read(RETURNS, xlsx(tmp_path / "ro3.xlsx", {"RO3 LA Data 2016-17": rows}))
    frame = typed(BY_ID["finance.ro3"], tables, "lines")
    assert frame.select("LINE", "SERVICE_LINE", "MEASURE", "AMOUNT").rows() == [
        ("330", "csc", "gross", Decimal(1_000)),
        ("330", "csc", "net", Decimal(2_000)),
        ("360", "asc", "gross", Decimal(3_000)),
        ("360", "asc", "net", Decimal(4_000)),
    ]


@pytest.mark.unit
def test_what_is_odd_is_said(tmp_path: Path) -> None:
    rows = [list(row) for row in RA_2018[:9]]
    rows[1] = ["Net current expenditure"]
    rows[5][6] = 331
    rows[7][5] = "about ten"
    sheets = {"Front Page": [["All figures in £ thousand"]], "RA LA Data 2018-19": rows}
    _, tables = read(RETURNS, xlsx(tmp_path / "a.xlsx", sheets))
    warnings = [p.message for p in tables.problems if p.severity == "warning"]
    assert any("unit is given on another sheet" in p.message for p in tables.problems)
    assert any("about ten" in message for message in warnings)
    assert any("line 331" in p.message for p in tables.problems if p.severity == "note")


@pytest.mark.unit
@pytest.mark.parametrize(
    "said", ["Net current expenditure", "Net current expenditure (£ thousand, totals in £ million)"]
)
def test_a_unit_is_not_supposed(tmp_path: Path, said: str) -> None:
    rows = [list(row) for row in RA_2018[:9]]
    rows[1] = [said]
    with pytest.raises(SpecificationError, match="says its unit"):
        read(RETURNS, xlsx(tmp_path / "a.xlsx", {"RA LA Data 2018-19": rows}))


LINES_OF_2022 = (
    ("csc.early_years", "Sure start children's centres/flying start and early years"),
    ("csc.looked_after", "Children looked after"),
    ("csc.looked_after.residential", "of which residential care"),
    ("csc.other", "Other children and family services"),
    ("csc.family_support", "Family support services"),
    ("csc", "TOTAL CHILDREN'S SOCIAL CARE"),
)
MEASURES_OF_2022 = (
    "Employees\n (C1)",
    "Running Expenses\n (C2)",
    "Total Expenditure\n (C3 = C1 + C2)",
    "Sales, Fees and Charges\n (C4)",
    "Other Income\n (C5)",
    "Total Income\n (C6 = C4 + C5)",
    "Net Current Expenditure\n (C7 = C3 - C6)",
)
KEYS_OF_2022 = ("employees", "running", "gross", "fees", "other_income", "income", "net")


def social_care_2022(*, labels: bool = True) -> list[list[object]]:
    """The layout of 2022-23 and 2023-24: bare measures, told apart by a counter where they repeat, under a line's
    label that stands once over its seven columns; hidden rows of names between."""
    identifiers = ("E-code", "ONS Code", "Local authority", "Notes", "Class", "Detailed Class", "Certified")
    places = [(line, measure) for line in LINES_OF_2022 for measure in range(7)]
    headings = [MEASURES_OF_2022[measure] + (str(at - 5) if at > 6 else "") for at, (_, measure) in enumerate(places)]
    over = [line[1] if measure == 0 and labels else "" for line, measure in places]
    blank = [""] * len(identifiers)
    return [
        ["Worksheet 2: Revenue Outturn (RO) 2022-23: Social Care and Public Health (RO3) data"],
        ["This worksheet contains 2 tables. Data is reported in £ thousand."],
        ["Last updated: 7 December 2023"],
        [*blank, *over],
        [*blank, *(f"RO3-line{n // 7}-empl" for n in range(len(places)))],
        [*blank, *(f"C{measure + 1}R{110 + n // 7}" for n, (_, measure) in enumerate(places))],
        [*blank[:-2], "Row_no", "", *(110 + n // 7 for n in range(len(places)))],
        [*blank[:-2], "Col_no", "", *(measure + 1 for _, measure in places)],
        [*identifiers, *headings],
        ["E5011", "E09000007", "Camden", "", "LB", "London", "Y", *range(1_000, 1_000 + len(places))],
        ["E5031", "E09000003", "Barnet", "M", "LB", "London", "N", *["[x]"] * len(places)],
    ]


@pytest.mark.spec
def test_social_care_outturn_of_2022_23(tmp_path: Path) -> None:
    taken, tables = read(RETURNS, ods(tmp_path / "ro3.ods", {"RO3_LA_Data_2022-23": social_care_2022()}))
    assert (taken.return_id, taken.period) == ("finance.ro3", "2022-23")
    frame = typed(BY_ID["finance.ro3"], tables, "lines").filter(pl.col("ONS_CODE") == "E09000007")
    assert frame.select("SERVICE_LINE", "MEASURE", "AMOUNT").rows() == [
        (line, measure, Decimal(1_000_000 + 1_000 * (7 * at + step)))
        for at, (line, _) in enumerate(LINES_OF_2022)
        for step, measure in enumerate(KEYS_OF_2022)
    ]
    assert set(frame.filter(pl.col("SERVICE_LINE") == "csc")["LINE"]) == {"115"}
    assert not [problem for problem in tables.problems if problem.severity == "error"]


@pytest.mark.spec
def test_a_column_that_does_not_say_what_it_holds_is_set_aside(tmp_path: Path) -> None:
    rows = social_care_2022()
    # A measure that is not known, one whose words and column number disagree, one without words.
    rows[8][7], rows[8][14 + 6], rows[8][21] = "Commitments\n (C8)", "Employees\n (C7 = C3 - C6)8", "Forecast"
    _, tables = read(RETURNS, ods(tmp_path / "ro3.ods", {"RO3_LA_Data_2022-23": rows}))
    frame = typed(BY_ID["finance.ro3"], tables, "lines").filter(pl.col("ONS_CODE") == "E09000007")
    assert frame.height == 7 * len(LINES_OF_2022) - 3
    held = set(frame.select("SERVICE_LINE", "MEASURE").rows())
    assert ("csc.early_years", "employees") not in held
    assert ("csc.looked_after", "net") not in held
    assert ("csc.looked_after.residential", "employees") not in held
    [problem] = [problem.message for problem in tables.problems if problem.severity == "error"]
    assert "3 columns set aside" in problem
    assert "Commitments (C8), Employees (C7 = C3 - C6)8, Forecast" in problem


@pytest.mark.unit
def test_measures_without_a_line_are_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "ro3.ods", {"RO3_LA_Data_2022-23": social_care_2022(labels=False)})
    with pytest.raises(SpecificationError, match="say what their columns hold"):
        read(RETURNS, path)


@pytest.mark.spec
def test_one_line_for_both_social_care_services_is_said(tmp_path: Path) -> None:
    rows = [
        ["Revenue Outturn Summary (RS): 2010-11 data"],
        ["Net current expenditure (£ thousand)"],
        [
            "E-code",
            "ONS Code",
            "Local authority",
            "Class",
            "Education services",
            "Social care",
            "Net current expenditure",
        ],
        ["E5011", "E09000007", "Camden", "L", 100, 50, 400],
    ]
    _, tables = read(RETURNS, delimited(tmp_path / "rs.csv", rows))
    found = typed(BY_ID["finance.rs"], tables, "lines")
    assert found.select("SERVICE_LINE", "MEASURE").rows() == [
        ("education", "net"),
        ("social_care", "net"),
        ("net_current", "net"),
    ]
    [warning] = [problem.message for problem in tables.problems if problem.severity == "warning"]
    assert warning.startswith("RS 2010-11 prints children's and adults' social care as one line")


@pytest.mark.unit
def test_a_sheet_without_authorities_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"RA LA Data 2018-19": [*RA_2018[:7], *RA_2018[10:]]})
    with pytest.raises(SpecificationError, match="a row for each authority"):
        read(RETURNS, path)


@pytest.mark.unit
def test_another_workbook_is_not_taken(tmp_path: Path) -> None:
    from parentis.returns.untrusted_files import open_files

    rows = [["Revenue Outturn (RO) 2017-18: Cultural Services (RO5) data"], *RA_2018[1:9]]
    [content] = open_files([xlsx(tmp_path / "ro5.xlsx", {"RO5 LA Data 2017-18": rows})])
    assert [r for declared in RETURNS for reader in declared.readers if (r := reader.recognise(content))] == []


@pytest.mark.unit
def test_a_label_left_out_of_one_column_is_that_of_its_line_number(tmp_path: Path) -> None:
    """RSX 2021-22 prints `Net Current Expenditure (C7 = C3 - C6)` alone over line 590's net."""
    rows = [list(row) for row in summary("2021-22", numbered=True)]
    rows[5][8] = "Net Current Expenditure\n (C7 = C3 - C6)"
    _, tables = read(RETURNS, delimited(tmp_path / "rsx.csv", rows))
    assert amounts(typed(BY_ID["finance.rs"], tables, "lines"))["E09000011", "csc"] == Decimal(5_000)


TWICE = [
    ["Revenue Outturn Summary (RS): 2010-11 data"],
    ["Net current expenditure (£ thousand)"],
    ["", "", "", "Services", "", "Reserves by block"],
    ["E-code", "ONS Code", "Local authority", "Education services", "Other services", "Education services"],
]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("second", "labels", "said"),
    [
        (("100000", "90000"), {"Education services": "education", "Other services": "other"}, "1 of them different"),
        (
            ("1", "2"),
            {
                "Education services (Services)": None,
                "Other services": "other",
                "Education services (Reserves by block)": None,
            },
            "stands 2 times with different figures: read as Education services (Services) and "
            "Education services (Reserves by block), in no service line",
        ),
    ],
    ids=["the same", "another"],
)
def test_a_line_that_stands_twice_is_one_line_or_two_told_apart(
    tmp_path: Path, second: tuple[str, str], labels: dict[str, str | None], said: str
) -> None:
    rows = [
        *TWICE,
        ["E5011", "E09000007", "Camden", "100000", "1", second[0]],
        ["E5031", "", "Barnet", "90000", "1", second[1]],
    ]
    _, tables = read(RETURNS, delimited(tmp_path / "rs.csv", rows))
    lines = tables.tables["lines"]
    assert dict(lines.select("LABEL", "SERVICE_LINE").unique().iter_rows()) == labels
    assert lines.select("ONS_CODE", "LABEL", "MEASURE").is_duplicated().any() is False
    assert set(lines["ONS_CODE"]) == {"E09000007", "E09000003"}  # found by its name where its code is missing
    assert any(said in problem.message for problem in tables.problems)
    assert (tables.rows, tables.kept) == (2, 2)
