"""The commands. Each collects its arguments, calls one function of `workflow`, and prints the result."""

import sys
from pathlib import Path
from typing import Annotated

import click

from parentis.cli import common, findings
from parentis.cli.declaration import Argument, Option, entry
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
from parentis.cli.partitions import check_by_folders
from parentis.cli.return_commands import convert, explain
from parentis.errors import PeriodError, SpecificationError

Submission = Annotated[str, Argument(help="Id of a submission, or its first digits.")]
PeriodOption = Annotated[str | None, Option("--period", help="Such as 2024-25; else the files say it.")]
WhoOption = Annotated[str | None, Option("--who", help="Name for the register; default PARENTIS_WHO.")]
AsOption = Annotated[str, Option("--as", help="Who will see them: members, public, or an authority.")]


def check(
    files: Files,
    return_id: ReturnOption = None,
    period: CollectionYearOption = None,
    rules: Annotated[str | None, Option("--rules", help="Only these codes: 101,102.")] = None,
    last_year: LastYearOption = None,
    authority: AuthorityOption = None,
    providers: ProvidersOption = None,
    postcodes: PostcodesOption = None,
    since: Annotated[
        Path | None,
        Option("--since", exists=True, help="The JSON of an earlier check: says what is new or gone."),
    ] = None,
    on: Annotated[
        str | None,
        Option("--on", help="By folders period/authority: 'local', or a Spark master, spark://host:7077."),
    ] = None,
    workers: Annotated[
        int | None, Option("--workers", least=1, help="By folders period/authority, in so many processes.")
    ] = None,
    out: Annotated[Path | None, Option("--out", help="Folder for the report: HTML, XLSX, CSV, JSON.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check files by their return's rules, without keeping anything."""
    from parentis import workflow

    codes = rules.split(",") if rules else None
    lookups = workflow.lookups(postcodes, providers or ())
    if on is not None or workers is not None:
        check_by_folders(
            files, return_id=return_id, period=period, rules=codes, lookups=lookups, on=on or "local",
            workers=workers, out=out, form=form,
        )  # fmt: skip
        return
    checked = workflow.check_files(
        list(files), return_id=return_id, period=period, authority=authority, last_year=last_year or [],
        lookups=lookups, rules=codes,
    )  # fmt: skip
    if out is not None:
        for path in workflow.write_reports(checked, out, since):
            say(f"Wrote {path}")
    findings.show_checked(checked, form, since)
    from parentis.returns import absent_parts

    if any(one.reading_errors or absent_parts(one) for one in checked):
        raise SystemExit(SpecificationError.exit_code)


def submit(
    files: Files,
    authority: AuthorityOption = None,
    period: PeriodOption = None,
    return_id: ReturnOption = None,
    accept: Annotated[bool, Option("--accept", help="Accept what can be accepted at once.")] = False,
    who: WhoOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Hand in files: stored, checked, and accepted with --accept; a publisher's wait for a second person."""
    from parentis import workflow

    with common.progress() as step:
        outcomes = workflow.submit(
            common.home(), list(files), who=common.who(who), authority=authority, period=period,
            return_id=return_id, accept=accept, progress=step,
            publishes=workflow.publishes_at_the_command_line(common.who(who)),
        )  # fmt: skip
    if form is Format.TABLE:
        for outcome in outcomes:
            first, *others = outcome.sentences
            say("\n  ".join((first, *others)))
    else:
        show(workflow.outcomes_frame(outcomes), form)
    if refused := [outcome.error for outcome in outcomes if outcome.error is not None]:
        raise SystemExit(refused[0].exit_code)
    if any(outcome.reading_errors for outcome in outcomes):
        raise SystemExit(SpecificationError.exit_code)


def accept(
    submission: Submission,
    role: Annotated[str | None, Option("--role", help="Sign as: director, section-151.")] = None,
    why: Annotated[str | None, Option("--why", help="A reason, for the register.")] = None,
    quick: Annotated[bool, Option("--quick", help="Say what it changes without working figures out.")] = False,
    who: WhoOption = None,
) -> None:
    """Say what accepting a checked submission will change, then accept it; or sign an accepted one in a role."""
    from parentis import workflow

    home, who = common.home(), common.who(who)
    if workflow.submission(home, submission)["status"] == "checked":
        _say_changes(submission, figures=not quick)
        if sys.stdin.isatty():
            click.confirm("Accept it?", abort=True)
    publishes = workflow.publishes_at_the_command_line(who)
    say(workflow.accept(home, submission, who=who, role=role, why=why, publishes=publishes).sentence)


def changes(
    submission: Submission,
    quick: Annotated[bool, Option("--quick", help="Without the figures, which take as long as a build.")] = False,
) -> None:
    """Say what accepting a checked submission will change: rows, children, findings, figures. Changes nothing."""
    _say_changes(submission, figures=not quick)


def _say_changes(submission: str, *, figures: bool) -> None:
    from parentis import region, workflow

    names = {one.gss: one.name for one in region.authorities()} | {one.id: one.name for one in region.footprints()}
    with common.progress() as step:
        found = workflow.changes(common.home(), submission, figures=figures, progress=step)
    for line in workflow.in_words(found, names):
        say(line)


def reject(
    submission: Submission,
    reason: Annotated[str, Option("--reason", help="Sent to the person who submitted it.")],
    who: WhoOption = None,
) -> None:
    """Reject a checked submission. Its files stay stored."""
    from parentis import workflow

    say(workflow.reject(common.home(), submission, who=common.who(who), why=reason).sentence)


def release(
    submissions: Annotated[list[str] | None, Argument(help="Whole ids.")] = None,
    to: Annotated[str, Option("--to", help="own, members or published.")] = "members",
    return_id: ReturnOption = None,
    period: PeriodOption = None,
    authority: AuthorityOption = None,
    why: Annotated[str | None, Option("--why", help="A reason, for the register.")] = None,
    who: WhoOption = None,
) -> None:
    """Say who may see figures made from accepted returns, or take it back (--to own); a second person repeats it."""
    from parentis import region, workflow
    from parentis.figures import Audience

    if to not in list(Audience):
        raise click.BadParameter(f"expected own, members or published, not {to!r}", param_hint="--to")
    if not (submissions or return_id or period or authority):
        raise click.BadParameter("name submissions, or give --return, --period or --authority")
    chosen = workflow.release_submissions(
        common.home(), who=common.who(who), to=Audience(to), why=why, return_id=return_id,
        period=region.parse_period(period).label if period else None,
        submitter=region.authority(authority).gss if authority else None, submission_ids=submissions or [],
        told=say,
    )  # fmt: skip
    asked = chosen.height - chosen["done"].sum()
    if asked:
        say(f"To be confirmed by a second person, who gives the same command: {asked:,} submissions, for {to}.")
    if asked < chosen.height:
        done = chosen.height - asked
        say(f"Released to {to}: {done:,} submissions. Run 'parentis build' for their figures to follow.")


def reverse(
    submission: Submission,
    why: Annotated[str, Option("--why", help="The reason, for the register.")],
    who: WhoOption = None,
) -> None:
    """Take an acceptance back: what it superseded is what readers see again."""
    from parentis import workflow

    who = common.who(who)
    publishes = workflow.publishes_at_the_command_line(who)
    returned = workflow.reverse(common.home(), submission, who=who, why=why, publishes=publishes)
    after = f"submission {returned[:8]} counts again" if returned else "nothing is held in its place"
    say(f"The acceptance is taken back: {after}. Run 'parentis build' for the figures to follow.")


def refuse(
    submission: Submission,
    why: Annotated[str | None, Option("--why", help="A reason, for the register.")] = None,
    who: WhoOption = None,
) -> None:
    """Refuse, or withdraw, a release or an erasure that waits for a second person."""
    from parentis import workflow

    workflow.refuse_request(common.home(), submission, who=common.who(who), why=why)
    say("It is refused: nothing changes.")


def erase(
    submission: Submission,
    why: Annotated[str, Option("--why", help="The reason, for the register.")],
    who: WhoOption = None,
) -> None:
    """Destroy a submission's key and its rows, when a second person repeats it. The register keeps that it was here."""
    from parentis import workflow

    whole = workflow.erase(common.home(), submission, who=common.who(who), why=why)
    if workflow.submission(common.home(), whole)["status"] == "erased":
        say(f"Submission {submission} is erased: its key is destroyed and its rows are gone.")
    else:
        say(f"The erasure of submission {submission} waits for a second person, who gives the same command.")


def register(
    as_of: Annotated[int | None, Option("--as-of", help="The state at this register sequence.")] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List every submission and what became of it."""
    from parentis import workflow

    frame = workflow.register(common.home(), as_of=as_of)
    if form is Format.TABLE:
        in_force = frame.filter(frame["current"] | (frame["status"] == "checked"))
        for line in workflow.told_of(in_force):
            say(line)
        frame = frame.select(
            frame["submission_id"].str.head(8).alias("submission"), "status", "current", "provisional",
            "return_id", "part", "submitter", "period", "accepted_at", "accepted_by",
        )  # fmt: skip
    show(frame, form, empty="Nothing has been submitted here yet.")


def build(
    service: Annotated[list[str] | None, Option("--service", help="Only this; may be repeated.")] = None,
    as_of: Annotated[int | None, Option("--as-of", help="From the state at this sequence.")] = None,
) -> None:
    """Run every service over the accepted rows, and show their figures all at once."""
    from parentis import workflow

    home = common.home()
    with common.progress() as step:
        built = workflow.build(home, services=service or None, as_of=as_of, progress=step)
    for name, count in built.figures.items():
        say(f"{name}: {count:,} figures")
    for sentence in built.left_out:
        say(f"  {sentence}")
    say(f"Built from register sequence {built.sequence}. Tables for other tools are in {home.current}.")
    if built.warning:
        say(built.warning)


def figures(
    measure: Annotated[str | None, Option("--measure", help="An id, or its beginning: funding.csc")] = None,
    period: PeriodOption = None,
    geography: Annotated[str | None, Option("--geography", help="An authority or a footprint.")] = None,
    breakdown: Annotated[str | None, Option("--breakdown", help="Such as part=price; '' for wholes.")] = None,
    as_: AsOption = "members",
    listing: Annotated[bool, Option("--list", help="List the measures instead.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Print figures as a given reader may see them."""
    from parentis import workflow

    home = common.home()
    if listing:
        show(workflow.measures_frame(home), form)
        return
    frame = workflow.figures(
        home, measure=measure, period=period, geography=geography, breakdown=breakdown, viewer=common.viewer(as_)
    )
    if form is Format.TABLE:
        frame = frame.select("measure", "geography_name", "period", "breakdown", "value", "unit", "suppressed",
                             "authority_set", "provisional", "method")  # fmt: skip
    show(frame, form, empty="No figure fits. Has something been submitted, and 'parentis build' run since?")


def trace(
    provenance: Annotated[str, Argument(help="The provenance_id of a figure.")],
    form: FormatOption = Format.TABLE,
) -> None:
    """Print the submissions, hashes and rows behind a figure."""
    from parentis import workflow

    origin = workflow.provenance_of(common.home(), provenance)
    for name, value in origin.provenance.items():
        say(f"{name}: {value}")
    show(origin.inputs, form)


def pack(
    pack_id: Annotated[str, Argument(name="PACK", help="Such as spending-review.")],
    out: Annotated[Path, Option("--out", help="Folder to write; an earlier pack there is replaced.")],
    geography: Annotated[str, Option("--geography", help="The footprint it speaks for.")] = "london",
    as_: AsOption = "members",
) -> None:
    """Write a pack: accessible HTML, PDF, Word and a spreadsheet, its charts and their data."""
    from parentis import workflow

    files = workflow.pack(common.home(), pack_id, out=out, geography=geography, viewer=common.viewer(as_))
    say(f"Wrote {len(files)} files. Open {out / 'index.html'}")


def verify_pack(
    path: Annotated[Path, Argument(help="The folder or zip of a pack.")],
    version: Annotated[str, Option("--hash", help="The hash of the version it should be.")] = "",
) -> None:
    """Check that no file of a pack was changed since it was written, and print its hash."""
    from parentis import evidence

    say(f"No file was changed. The pack's hash is {evidence.verify(path, version)}.")


def practice(
    directory: Annotated[Path, Argument(help="A new folder.")],
    seed: Annotated[int, Option("--seed", help="The same seed gives the same files.")] = 1,
) -> None:
    """Write a synthetic region's returns: no real child, no real council's money."""
    from parentis import workflow

    with common.progress() as step:
        summary = workflow.practice(directory, seed=seed, progress=step)
    say(f"Wrote {summary.files:,} files of SYNTHETIC returns. Next: parentis submit {directory} --accept")


def template(
    return_id: Annotated[str, Argument(name="RETURN", help="Such as finance.monitoring.")],
    period: Annotated[str, Option("--period", help="Such as 2024-25.")],
    out: Annotated[Path | None, Option("--out", help="File to write.")] = None,
) -> None:
    """Write the blank workbook of a return."""
    from parentis import returns

    path = out or Path(f"{return_id}-{period}.xlsx")
    path.write_bytes(returns.template(return_id, period))
    say(f"Wrote {path}.")


def rebuild(who: WhoOption = None) -> None:
    """Make the lake again from the archive, row for row."""
    from parentis import workflow

    with common.progress() as step:
        counts = workflow.rebuild(common.home(), who=common.who(who), progress=step)
    say(f"The lake is rebuilt from the archive: {counts['rows'].sum():,} rows.")
    for table, changed in counts.select("table", "changed").drop_nulls().iter_rows():
        for submission_id in changed:
            say(f"{table}: what submission {submission_id[:8]} holds is not what it was accepted with.")


def doctor(
    repair: Annotated[
        bool,
        Option("--repair", help="Rebuild damaged tables from the stored returns; set aside anything in the way."),
    ] = False,
    who: WhoOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Check that all stored data is complete and consistent: every entry, row and file, by its hash."""
    from parentis import workflow

    if repair:
        with common.progress() as step:
            for sentence in workflow.repair(common.home(), who=common.who(who), progress=step):
                say(f"{sentence}.")
    inconsistencies = workflow.inconsistencies_frame(workflow.doctor(common.home()))
    show(inconsistencies, form, empty="All is well: archive, register, lake and figures agree.")
    if "error" in inconsistencies["severity"]:
        raise SystemExit(30)


def retention(
    on: Annotated[str, Option("--on", help="The day to judge by (ISO); today unless given.")] = "",
    everything: Annotated[bool, Option("--all", help="List what is still within its term as well.")] = False,
    carry_out: Annotated[bool, Option("--erase", help="Erase submissions past their retention period.")] = False,
    who: WhoOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the submissions whose retention term is over, or erase them."""
    from datetime import UTC, date, datetime

    from parentis import workflow

    try:
        day = date.fromisoformat(on) if on else datetime.now(UTC).date()
    except ValueError:
        raise PeriodError(expected="a day such as 2026-11-29", found=on, where="--on", do="Give the day.") from None
    if carry_out:
        with common.progress() as step:
            found = workflow.erase_what_is_over(common.home(), day, who=common.who(who), progress=step)
        say(f"{found.height:,} submissions were erased: their term was over before {day:%-d %B %Y}.")
    elif everything:
        found = workflow.retention_schedule(common.home())
    else:
        found = workflow.kept_too_long(common.home(), day)
    show(found, form, empty="No submission is past its retention period.")


def rules(
    changed_since: Annotated[
        str, Option("--changed-since", help="The first collection year to list, such as 2024-25.")
    ] = "2023-24",
    form: FormatOption = Format.TABLE,
) -> None:
    """List what changed in the SSDA903 rules and codes, year by year."""
    from parentis.returns import ssda903

    show(ssda903.rule_changes(changed_since), form, empty=f"Nothing has changed since {changed_since}.")


_PLAIN = (
    check, explain, convert, submit, changes, accept, reject, reverse, release, refuse, erase, register, build,
    figures, trace, pack, practice, template, rebuild, doctor, retention, rules,
)  # fmt: skip
ENTRIES = (*(entry(function) for function in _PLAIN), entry(verify_pack, "verify-pack"))
