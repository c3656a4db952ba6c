"""Returns that wait for a person: to accept or sign, to decide on a release, or to correct and submit again."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from parentis.web.people.authorisation import authorities_for, holds, memberships
from parentis.web.submissions import queries
from parentis.web.submissions.operations import why_not_accept
from parentis.web.submissions.queries import SubmissionRow
from parentis.web.submissions.sign_off import ROLE_TITLES, may_sign_in
from parentis.web.tasks import Task
from parentis.workflow import second_person_needed

_SAME = ("return_id", "part", "submitter", "period")


def tasks_of(person: Any) -> Iterator[Task]:
    yield from _decisions(person)
    yield from _corrections(person)
    yield from _releases(person)
    if holds(person, "submissions.accept-published"):
        for one in _rows(_latest(queries.of_publishers()).filter(pl.col("status") == "checked")):
            if not why_not_accept(person, one, None):
                yield _task(one, "Accept or reject", one.row["received_at"])


def _latest(held: pl.DataFrame) -> pl.DataFrame:
    """The latest submission of each return: earlier ones wait for nobody."""
    return held.unique(_SAME, keep="first", maintain_order=True)


def _rows(held: pl.DataFrame) -> Iterator[SubmissionRow]:
    return (SubmissionRow(row) for row in held.iter_rows(named=True))


def _decisions(person: Any) -> Iterator[Task]:
    """Returns that the person may accept, or sign in a role of theirs."""
    own = authorities_for(person, "submissions.accept")
    if not own:
        return
    held = _latest(queries.of_authorities(own))
    unsigned = (pl.col("status") == "accepted") & pl.col("current") & pl.col("provisional")
    for one in _rows(held.filter((pl.col("status") == "checked") | unsigned)):
        if not one.asked:
            if one.row["status"] == "checked" and not why_not_accept(person, one, None):
                yield _task(one, "Accept or reject", one.row["received_at"])
            continue
        roles = [each.role for each in memberships(person) if one.row["submitter"] in each.organisation.authorities()]
        signed = queries.signatures(one.id) if one.row["signed"] else {}
        may = may_sign_in(
            who=person.email, handed_in_by=str(one.row["received_by"]), signed=signed, asked=one.asked, held=roles
        )
        if may:
            yield _task(one, f"Sign as {ROLE_TITLES.get(may[0], may[0])}", one.row["received_at"])


def _corrections(person: Any) -> Iterator[Task]:
    """Rejected returns that have not been submitted again: they wait for the person who submitted them."""
    held = _latest(queries.of_authorities(authorities_for(person, "submissions.hand-in")))
    rejected = held.filter(pl.col("status") == "rejected", pl.col("received_by") == person.email)
    for one in _rows(rejected):
        yield _task(one, "Rejected: correct it and submit it again", one.row["received_at"])


def _releases(person: Any) -> Iterator[Task]:
    own = authorities_for(person, "submissions.release")
    if not own:
        return
    for row in queries.requests().filter(pl.col("asks") == "release").iter_rows(named=True):
        if row["who"] == person.email and second_person_needed():
            continue
        one = queries.one(row["submission_id"])
        if one.row["submitter"] in own:
            yield _task(one, "Confirm or refuse the release of its figures", row["at"])


def _task(one: SubmissionRow, wanted: str, since: Any) -> Task:
    path = one.address("one")
    return Task(
        path=path, title=f"{one.title}, {one.row['period']}", wanted=wanted, place=one.name, since=since,
    )  # fmt: skip
