"""The agency's financial model as a workbook that a treasurer can follow: inputs in one sheet, formulas as live
cells."""

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from parentis.services.adoption.formulas import Member
from parentis.services.adoption.workbench import Options, side_by_side

FIRST = 9
"0-based row of the first member on the sheet of inputs."


def model(title: str, budget: int, members: Sequence[Member], options: Options) -> bytes:
    """XLSX bytes: `Inputs` (budget, options, members), `Shares` (live formulas, exact pounds) and `To the penny` (what
    the service pays out, whose pennies a spreadsheet's rounding would lose)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    large, head = book.add_format({"bold": True, "font_size": 16}), book.add_format({"bold": True, "text_wrap": True})
    pounds, share = book.add_format({"num_format": "£#,##0.00"}), book.add_format({"num_format": "0.0%"})
    years = max((len(member.activity.get("decisions", ())) for member in members), default=0)
    inputs = book.add_worksheet("Inputs")
    inputs.set_column(0, 0, 34)
    inputs.set_column(1, 8, 16)
    inputs.write_string(0, 0, f"{title}: inputs", large)
    for row, (label, value, form) in enumerate(
        (
            ("Budget", budget / 100, pounds),
            ("Years of activity", options.years, None),
            ("Equal part", float(options.equal), share),
            ("Floor, of last year", float(options.floor), share),
            ("Cap, of last year", float(options.cap), share),
            ("Price per child placed", options.price / 100, pounds),
        ),
        start=1,
    ):
        inputs.write_string(row, 0, label)
        inputs.write_number(row, 1, value, form)
    headings = (
        "Borough",
        "Paid last year",
        "Children 0 to 17",
        *(f"Decisions, year {at + 1}" for at in range(years)),
        "Placed, last year",
    )
    for column, heading in enumerate(headings):
        inputs.write_string(FIRST - 1, column, heading, head)
    for row, member in enumerate(members, start=FIRST):
        inputs.write_string(row, 0, member.name)
        inputs.write_number(row, 1, member.previous / 100, pounds)
        inputs.write_number(row, 2, member.children)
        for column, count in enumerate(member.activity.get("decisions", ()), start=3):
            inputs.write_number(row, column, count)
        inputs.write_number(row, 3 + years, (member.activity.get("placed") or (0,))[-1])
    _shares(book, head, large, pounds, title, members, years, min(options.years, years))
    _pennies(book, head, large, pounds, title, budget, members, options)
    book.close()
    return out.getvalue()


def _cell(row: int, column: int, *, fixed: bool = False) -> str:
    return f"Inputs!{xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed)}"


def _shares(
    book: xlsxwriter.Workbook,
    head: object,
    large: object,
    pounds: object,
    title: str,
    members: Sequence[Member],
    years: int,
    weighed: int,
) -> None:
    sheet = book.add_worksheet("Shares")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 6, 18)
    sheet.write_string(0, 0, f"{title}: what each formula shares out", large)
    sheet.write_string(1, 0, "Live cells: change the inputs and these follow. Pennies are on the next sheet.")
    for column, heading in enumerate(
        ("Borough", "Historic", "Activity", "Children 0 to 17", "Equal and activity", "Per child placed")
    ):
        sheet.write_string(3, column, heading, head)
    first, last = FIRST, FIRST + len(members) - 1
    budget, equal, price = (_cell(row, 1, fixed=True) for row in (1, 3, 6))

    def of_all(column: int) -> str:
        return (
            f"SUM(Inputs!{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(last, column, True, True)})"
        )

    start, end = 3 + years - weighed, 2 + years
    whole = f"SUM(Inputs!{xl_rowcol_to_cell(first, start, True, True)}:{xl_rowcol_to_cell(last, end, True, True)})"
    for at, member in enumerate(members):
        row, source = 4 + at, FIRST + at
        own = f"SUM(Inputs!{xl_rowcol_to_cell(source, start)}:{xl_rowcol_to_cell(source, end)})"
        sheet.write_string(row, 0, member.name)
        active = f"IF({whole}=0,0,{own}/{whole})"
        for column, formula in enumerate(
            (
                f"={budget}*{_cell(source, 1)}/{of_all(1)}",
                f"={budget}*{active}",
                f"={budget}*{_cell(source, 2)}/{of_all(2)}",
                f"={budget}*({equal}/{len(members)}+(1-{equal})*{active})",
                f"={price}*{_cell(source, 3 + years)}",
            ),
            start=1,
        ):
            sheet.write_formula(row, column, formula, pounds)
    total = 4 + len(members)
    sheet.write_string(total, 0, "Together", head)
    for column in range(1, 6):
        cells = f"{xl_rowcol_to_cell(4, column)}:{xl_rowcol_to_cell(total - 1, column)}"
        sheet.write_formula(total, column, f"=SUM({cells})", pounds)


def _pennies(
    book: xlsxwriter.Workbook,
    head: object,
    large: object,
    pounds: object,
    title: str,
    budget: int,
    members: Sequence[Member],
    options: Options,
) -> None:
    sheet = book.add_worksheet("To the penny")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 12, 18)
    sheet.write_string(0, 0, f"{title}: to the penny", large)
    bills, sentences = side_by_side(budget, members, options)
    for column, one in enumerate(bills, start=1):
        sheet.write_string(3, column, one.formula, head)
        for row, paid in enumerate(one.paid, start=4):
            sheet.write_number(row, column, paid / 100, pounds)
        sheet.write_number(4 + len(members), column, one.gap / 100, pounds)
    for row, member in enumerate(members, start=4):
        sheet.write_string(row, 0, member.name)
    sheet.write_string(4 + len(members), 0, "Not paid by anybody", head)
    for row, sentence in enumerate(sentences, start=6 + len(members)):
        sheet.write_string(row, 0, sentence)
