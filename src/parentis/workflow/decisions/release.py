"""Release: an authority's unpublished money is visible to that authority alone until it decides who may see it.

A figure of such a measure becomes as open as the most restricted submission behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from parentis import archive, lake, region, remedies
from parentis.archive import WAIT_SECONDS, Event, EventName, Home
from parentis.errors import SubmissionStateError
from parentis.figures import Audience
from parentis.returns import Retention, returns
from parentis.workflow.intake.upload_options import silent
from parentis.workflow.processing.recovery import recover_locked
from parentis.workflow.register_queries import register, submission
from parentis.workflow.safeguards.requests import waiting_requests
from parentis.workflow.safeguards.two_people import second_person_needed

NARROWEST_FIRST = (Audience.OWN, Audience.MEMBERS, Audience.PUBLISHED)
READERS: Mapping[Audience, str] = {
    Audience.OWN: "the authority's own people",
    Audience.MEMBERS: "the members of the region's agreement",
    Audience.PUBLISHED: "everybody",
}


def _nobody(sentence: str) -> None:
    """Notifies nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a release would show, and its new audience. `was` and `to` are indices into `NARROWEST_FIRST`."""

    submission_id: str
    return_id: str
    submitter: str
    period: str
    was: Audience
    to: Audience
    rows: tuple[tuple[str, int], ...]
    "By table: the rows that go to `current/`, where `to` is everybody."
    children: bool
    "Whether its rows are about single children."
    money: bool
    figures: int
    "Shown figures of the authority's own that rest on it, now seen by it alone (or by members)."

    @property
    def widens(self) -> bool:
        return NARROWEST_FIRST.index(self.to) > NARROWEST_FIRST.index(self.was)

    @property
    def second_person(self) -> bool:
        """Whether a second person must decide, because it opens child-level rows or money."""
        return self.widens and (self.children or self.money) and second_person_needed()

    @property
    def sentence(self) -> str:
        """What becomes visible or hidden, and to whom, with the name of the return's authority."""
        what = returns()[self.return_id].spec.title
        return f"{what}, {region.authority(self.submitter).name}, {self.period}: {self.effect}"

    @property
    def effect(self) -> str:
        """What becomes visible or hidden, and to whom."""
        figures = "1 figure is" if self.figures == 1 else f"{self.figures:,} figures are"
        if self.to == self.was:
            return f"nothing changes: it is open to {READERS[self.to]} already"
        if not self.widens:
            return f"{figures} closed to all but {READERS[self.to]}"
        told = f"{figures} opened to {READERS[self.to]}; now {READERS[self.was]} see them"
        if self.to is Audience.PUBLISHED:
            rows = sum(count for _, count in self.rows)
            kind = f"row{'' if rows == 1 else 's'}{' about single children' if self.children else ''}"
            go = "goes" if rows == 1 else "go"
            told += f". {rows:,} {kind} {go} to the tables that reporting tools read ({self._tables})"
        return told

    @property
    def _tables(self) -> str:
        return ", ".join(f"{table} {count:,}" for table, count in self.rows if count)


def what_opens(home: Home, submission_ids: Sequence[str], to: Audience) -> tuple[Opening, ...]:
    """What releasing these submissions, by their whole ids, would make visible, and to whom. Raises as
    `release_submissions` does."""
    return _openings(home, _chosen(home, submission_ids=submission_ids), to)


def release_submissions(
    home: Home,
    *,
    who: str,
    to: Audience,
    return_id: str | None = None,
    period: str | None = None,
    submitter: str | None = None,
    submission_ids: Sequence[str] = (),
    why: str | None = None,
    told: Callable[[str], None] = _nobody,
    wait: float = WAIT_SECONDS,
) -> pl.DataFrame:
    """Release the matching accepted submissions to the audience `to`, or restrict them again. Returns their rows of the
    register, with `done`: a release that opens child-level rows or money is only requested by the first person
    (`Opening.second_person`), and done when a second person requests the same. Before anything changes, `told` receives
    a sentence on what each release shows and to whom.

    Figures change at the next build. Raises SubmissionStateError if no accepted submission matches, an id is
    incomplete, or the same person asks twice.
    """

    with archive.locked(home, wait=wait):
        recover_locked(home, silent)
        chosen = _chosen(
            home, return_id=return_id, period=period, submitter=submitter, submission_ids=submission_ids
        )  # fmt: skip
        asked = {row["submission_id"]: row for row in waiting_requests(home).iter_rows(named=True)}
        done: list[bool] = []
        events: list[EventName] = []
        for opening in _openings(home, chosen, to):
            told(opening.sentence)
            before = asked.get(opening.submission_id, {})
            again = before.get("asks") == "release" and before["audience"] == str(to)
            if again and before["who"] == who and opening.second_person:
                raise SubmissionStateError(
                    expected="a second person", found="whoever asked for the release",
                    where=f"submission {opening.submission_id[:8]}", do="Somebody else confirms it, or refuses it.",
                )  # fmt: skip
            done.append(again or not opening.second_person)
            events.append("released" if done[-1] else "release-asked")
        rows = chosen.select("submission_id", *archive.KEY).iter_rows(named=True)
        archive.append(
            home,
            [
                Event(event=event, who=who, why=why, audience=str(to), **row)
                for event, row in zip(events, rows, strict=True)
            ],
        )
        return chosen.with_columns(done=pl.Series(done, dtype=pl.Boolean))


def refuse_request(
    home: Home, submission_id: str, *, who: str, why: str | None = None, wait: float = WAIT_SECONDS
) -> None:
    """Refuse or withdraw the requested release or erasure. Raises SubmissionStateError if there is no request."""
    with archive.locked(home, wait=wait):
        found = submission(home, submission_id)
        if found["submission_id"] not in set(waiting_requests(home)["submission_id"]):
            raise SubmissionStateError(
                expected="a release or an erasure that waits for a second person", found="none",
                where=f"submission {found['submission_id'][:8]}", do="Look at it again: somebody has decided.",
            )  # fmt: skip
        key = {name: found[name] for name in archive.KEY}
        archive.append(home, [Event(event="refused", submission_id=found["submission_id"], who=who, why=why, **key)])


def _chosen(
    home: Home, *, return_id: str | None = None, period: str | None = None, submitter: str | None = None,
    submission_ids: Sequence[str] = (),
) -> pl.DataFrame:  # fmt: skip
    """The visible submissions that match. Ids must be complete, because several ids may share their first digits."""
    chosen = register(home).filter(pl.col("current"))
    known = set(chosen["submission_id"])
    if partial := [one for one in submission_ids if one not in known]:
        raise SubmissionStateError(
            expected="whole ids of accepted submissions that readers see",
            found=", ".join(repr(one) for one in partial),
            where="register",
            do=remedies.GIVE_WHOLE_IDS,
        )
    wanted = {"return_id": return_id, "period": period, "submitter": submitter}
    given = {column: value for column, value in wanted.items() if value is not None}
    if not submission_ids and not any(given.values()):
        raise SubmissionStateError(
            expected="something that says which submissions", found="nothing", where="release",
            do="Name them by their ids, or by return, period or authority.",
        )  # fmt: skip
    chosen = chosen.filter(*(pl.col(column) == value for column, value in given.items()))
    if submission_ids:
        chosen = chosen.filter(pl.col("submission_id").is_in(list(submission_ids)))
    if chosen.is_empty():
        raise SubmissionStateError(
            expected="accepted submissions to release",
            found="none that fit",
            where="register",
            do=remedies.LIST_SUBMISSIONS,
        )
    return chosen


def _openings(home: Home, chosen: pl.DataFrame, to: Audience) -> tuple[Opening, ...]:
    resting = lake.read_inputs(home).select("provenance_id", "load_id").unique()
    figures = lake.read_figures(home).select("provenance_id", "geography")
    counted = figures.join(resting, on="provenance_id").group_by("load_id", "geography").len().collect()
    of_load = {(load, place): count for load, place, count in counted.iter_rows()}
    return tuple(
        Opening(
            submission_id=row["submission_id"], return_id=row["return_id"], submitter=row["submitter"],
            period=row["period"], to=to,
            was=Audience(row["audience"] or returns()[row["return_id"]].audience),
            rows=tuple((count["table"], count["rows"]) for count in row["counts"] or ()),
            children=_holds_children(row["return_id"]), money=_holds_money(row["return_id"]),
            figures=of_load.get((row["load_id"], row["submitter"]), 0),
        )
        for row in chosen.iter_rows(named=True)
    )  # fmt: skip


def _holds_children(return_id: str) -> bool:
    return any(
        column.retention is Retention.HASH
        for table in returns()[return_id].spec.union().values()
        for column in table.columns
    )


def _holds_money(return_id: str) -> bool:
    units = {column.unit for table in returns()[return_id].spec.union().values() for column in table.columns}
    return any(unit.startswith("pounds") for unit in units)


def opened_to(home: Home, as_of: int | None) -> pl.DataFrame:
    """`(load_id, openness)` of the visible loads, and of publishers' earlier editions, from which some amounts may
    still be read. `openness` is the index of their audience in `NARROWEST_FIRST`."""
    usual = {return_id: declared.audience for return_id, declared in returns().items()}
    audience = pl.coalesce("audience", pl.col("return_id").replace_strict(usual, default="own"))
    order = {str(one): place for place, one in enumerate(NARROWEST_FIRST)}
    earlier = lake.superseded(home, as_of).with_columns(audience=pl.lit(None, dtype=pl.String))
    loads = pl.concat(
        [frame.select("load_id", "return_id", "audience") for frame in (lake.visible(home, as_of), earlier)]
    )
    return loads.select("load_id", audience.replace_strict(order, return_dtype=pl.Int8).alias("openness"))


def as_released(figures: pl.DataFrame, inputs: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    """`figures`, with those of audience `own` opened as far as every submission behind them has been."""
    names = dict(enumerate(map(str, NARROWEST_FIRST)))
    openness = (
        inputs.join(opened, on="load_id", how="left")
        .group_by("provenance_id")
        .agg(pl.col("openness").fill_null(0).min())
    )
    widened = pl.col("openness").fill_null(0).replace_strict(names, return_dtype=pl.String)
    audience = pl.col("audience").cast(pl.String)
    return (
        figures.join(openness, on="provenance_id", how="left", maintain_order="left")
        .with_columns(audience=pl.when(audience == str(Audience.OWN)).then(widened).otherwise(audience))
        .drop("openness")
    )
