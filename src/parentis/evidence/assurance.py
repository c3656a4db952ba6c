"""The annexes by which a pack answers for itself: what was left out, what was checked, which model, who signed.

HM Treasury's Aqua Book asks for analysis that is repeatable, independent, grounded, objective, uncertainty-managed and
robust, with a log of its quality assurance and named people who answer for it.
"""

from collections.abc import Sequence

from parentis.evidence.document import Chapter, Document, Paragraphs, Span, TextTable
from parentis.evidence.editions import ROLES, Edition
from parentis.evidence.sources import Origins


def left_out(left: Sequence[tuple[str, str]]) -> tuple[Chapter, ...]:
    """The chapters and tables that are not there, and why; nothing where all are."""
    if not left:
        return ()
    table = TextTable(
        name="left-out",
        title="What this pack leaves out, and why",
        headings=("Chapter", "What is missing, and why"),
        rows=tuple(left),
    )
    return (Chapter(id="left-out-of-this-pack", title="Left out", blocks=(table,), part="annex"),)


def assurance(
    document: Document, origins: Origins, checks: Sequence[tuple[str, str]], edition: Edition
) -> tuple[Chapter, ...]:
    """The log of checks, the versions of the models, the signatures."""
    return (
        Chapter(
            id="assurance",
            title="Quality assurance",
            blocks=(_log(document, origins, checks), _models(origins), _signatures(edition), _draft(edition)),
            part="annex",
            new_page=True,
        ),
    )


def _log(document: Document, origins: Origins, checks: Sequence[tuple[str, str]]) -> TextTable:
    cells = [cell for cell in document.cells() if cell.present]
    traced = {entry.provenance_id for entry in origins.entries}
    untraced = sum(cell.provenance_id not in traced for cell in cells)
    hidden = sum(cell.suppressed == "c" for cell in cells)
    provisional = sum(cell.provisional for cell in cells)
    own = (
        ("Every number has its source", f"{len(cells) - untraced:,} of {len(cells):,} numbers shown have one."),
        ("Disclosure control", f"{hidden:,} numbers are withheld because they are small enough to point to a child."),
        ("Signed returns", f"{provisional:,} numbers are provisional: a return behind them is not yet signed."),
        (
            "One document",
            "HTML, PDF, Word and the workbook are written from one list of figures; PDF/UA-1 and PDF/A-2a are "
            "enforced as the PDF is written.",
        ),
    )
    return TextTable(
        name="assurance-log", title="Log of quality assurance", headings=("Check", "Result"), rows=(*checks, *own)
    )


def _models(origins: Origins) -> TextTable:
    rows = dict.fromkeys(
        (one.service, one.code_version, _short(one.parameters), "" if one.seed is None else str(one.seed))
        for one in origins.entries
    )
    return TextTable(
        name="model-versions",
        title="Models: version, parameters and seed",
        headings=("Service", "Code version", "Parameters", "Seed"),
        rows=tuple(sorted(rows)),
    )


def _short(parameters: str, most: int = 400) -> str:
    return parameters if len(parameters) <= most else f"{parameters[:most]}…"


def _signatures(edition: Edition) -> TextTable:
    signed = {one.role: one for one in edition.signatures}
    return TextTable(
        name="sign-off",
        title="Who answers for this pack",
        headings=("Role", "Name", "Signed on"),
        rows=tuple(
            (role, signed[role].name, signed[role].on) if role in signed else (role, "Not named", "Not signed")
            for role in ROLES
        ),
    )


def _draft(edition: Edition) -> Paragraphs:
    missing = [role for role in ROLES if role not in {one.role for one in edition.signatures}]
    text = f"A draft until signed by: {', '.join(missing).lower()}." if missing else "Signed in every role."
    return Paragraphs(spans=(Span(text=text),), note=True)
