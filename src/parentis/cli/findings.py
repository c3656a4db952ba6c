"""Findings in the terminal: a summary for people, the documented JSON or one CSV for programs."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from parentis.cli.output import Format, say, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parentis.returns import Checked
    from parentis.returns.reports import ReportContext


def show_checked(checked: "Sequence[Checked]", form: Format, since: Path | None = None) -> None:
    """Print the outcomes. JSON is one object, or a list of them where the files hold several returns or years."""
    from parentis.returns import reports

    previous = since.read_bytes() if since else None
    changed = [reports.changes(one, previous) if previous is not None else None for one in checked]
    if form is Format.JSON:
        sys.stdout.flush()
        for part in _json(checked, [reports.ReportContext(changes=change) for change in changed]):
            sys.stdout.buffer.write(part)
    elif form is Format.CSV:
        for one in checked:
            sys.stdout.write(reports.findings_csv(one).decode())
    else:
        for one, change in zip(checked, changed, strict=True):
            _summary(one)
            if change is not None:
                counts = dict(change.group_by("change").len().iter_rows())
                said = ", ".join(f"{counts.get(kind, 0):,} {kind}" for kind in ("new", "gone", "unchanged"))
                say(f"Since {since}: {said}.")


def _json(checked: "Sequence[Checked]", beside: "Sequence[ReportContext]") -> "Iterator[bytes]":
    from parentis.returns import reports

    several = len(checked) != 1
    yield b"[" if several else b""
    for number, (one, more) in enumerate(zip(checked, beside, strict=True)):
        yield b"," if number else b""
        yield from reports.findings_json_parts(one, more)
    yield b"]\n" if several else b""


def _summary(checked: "Checked") -> None:
    import polars as pl

    from parentis.returns import the_return

    part = f" ({checked.name})" if checked.name else ""
    idle = checked.statuses.filter(pl.col("status") == "not run")
    said = f"{_findings(checked)}, {idle.height:,} of {checked.statuses.height:,} rules did not run"
    say(f"{the_return(checked.return_id).spec.title}{part}, {checked.period}: {said}")
    for one in checked.taken:
        if one.rows is not None and one.kept is not None:
            left = f", {one.rows - one.kept:,} left out as said below" if one.rows != one.kept else ""
            say(f"  {one.file}: {one.kept:,} of {one.rows:,} rows read{left}")
    for problem in checked.problems:
        say(f"  {problem.sentence}")
    found = checked.statuses.filter(pl.col("count") > 0).select("rule", "severity", "count", "message")
    show(found.sort("count", descending=True), Format.TABLE, empty="  Nothing was found.")
    ran = checked.statuses.height - idle.height
    say(f"{_findings(checked)} by {found.height} of {ran} rules run. {idle.height} did not run:")
    reasons = idle.group_by("reason").agg(pl.len().alias("rules"), pl.col("rule").sort().alias("codes"))
    for reason, count, codes in reasons.sort("rules", descending=True).iter_rows():
        named = ", ".join(codes[:8]) + (" …" if len(codes) > 8 else "")
        say(f"  {count} because {reason} ({named})")


def _findings(checked: "Checked") -> str:
    count = checked.findings.height
    return "1 finding" if count == 1 else f"{count:,} findings"
