"""Commands on one return that store nothing: its conversion to another form, and the explanation of a rule."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from parentis.cli.declaration import Argument, Option
from parentis.cli.options import (
    AuthorityOption,
    CollectionYearOption,
    Files,
    FormatOption,
    LastYearOption,
    PostcodesOption,
    ProvidersOption,
    ReturnOption,
)
from parentis.cli.output import Format, say, show
from parentis.errors import SpecificationError

if TYPE_CHECKING:
    from parentis.returns import Checked


class Written(StrEnum):
    """Forms in which a return is written."""

    CSV = "csv"
    XLSX = "xlsx"
    XML = "xml"


def convert(
    files: Files,
    to: Annotated[Written, Option("--to", help="The form to write.")],
    out: Annotated[Path, Option("--out", help="Folder for what is written.")],
    return_id: ReturnOption = None,
    period: CollectionYearOption = None,
) -> None:
    """Write a return in another form: XML, a CSV a table, or one workbook. Says what the form has no room for."""
    from parentis import workflow

    made = workflow.convert_files(list(files), to.value, out, return_id=return_id, period=period)
    for path in made.paths:
        say(f"Wrote {path}")
    for sentence in made.said:
        say(f"  {sentence}")
    if not made.complete:
        raise SystemExit(SpecificationError.exit_code)


def explain(
    rule: Annotated[str, Argument(help="Its code, such as 142.")],
    files: Annotated[list[Path] | None, Argument(help="A return, to show its rows that break the rule.")] = None,
    return_id: Annotated[str, Option("--return", help="The return that the rule is of.")] = "ssda903",
    period: CollectionYearOption = None,
    last_year: LastYearOption = None,
    authority: AuthorityOption = None,
    providers: ProvidersOption = None,
    postcodes: PostcodesOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say what a rule asks, where it looks and how we read it, with the rows of a return that break it."""
    from parentis import returns, workflow
    from parentis.returns import reports

    told = returns.explain(return_id, rule)
    checked = workflow.check_files(
        list(files), return_id=return_id, period=period, authority=authority, last_year=last_year or [],
        lookups=workflow.lookups(postcodes, providers or ()), rules=[told.code],
    ) if files else []  # fmt: skip
    if form is Format.JSON:
        described = {"code": told.code, "message": told.message} | dict(told.facts)
        show({"rule": described, "checked": [_outcome(one, told.code) for one in checked]}, form)
        return
    if form is Format.TABLE:
        say(f"{told.code}: {told.message}")
        for heading, text in told.facts:
            say(f"  {heading}: {text}")
    for one in checked:
        for problem in one.problems:
            say(f"  {problem.sentence}")
        say(f"{one.period}: {_said(one, told.code)}")
        show(reports.rows_of(one, told.code), form, empty="No row of it breaks the rule.")
    if any(one.reading_errors for one in checked):
        raise SystemExit(SpecificationError.exit_code)


def _said(checked: "Checked", code: str) -> str:
    status, reason, count = checked.statuses.filter(checked.statuses["rule"] == code).select(
        "status", "reason", "count"
    ).row(0)  # fmt: skip
    return (
        f"not run, because {reason}" if status != "run" else f"{count:,} row{'s break' if count != 1 else ' breaks'} it"
    )


def _outcome(checked: "Checked", code: str) -> dict[str, object]:
    from parentis.returns import reports

    return {
        "period": checked.period, "said": _said(checked, code), "rows": reports.rows_of(checked, code).to_dicts(),
        "problems": [one.sentence for one in checked.problems],
    }  # fmt: skip
