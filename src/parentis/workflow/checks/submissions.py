"""Checks submissions against their spec and their return's own rules, many authorities in one query plan.

Rules that compare with last year get the previous year from the same call, or else from what is stored; rules with
look-ups get the postcodes and providers named in the environment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from parentis import archive, region
from parentis.archive import Home
from parentis.errors import PeriodError
from parentis.returns import Checked, Typed, YearSpec, check_spec, merge, the_return
from parentis.workflow.checks.lookups import kept_providers, lookups
from parentis.workflow.checks.remarks import with_remarks
from parentis.workflow.intake.contents import Key, Ready, reopen
from parentis.workflow.worklists import with_workers


@dataclass(slots=True)
class YearsBefore:
    """Typed returns of the previous period, by authority. Holds at most one period of each authority's return."""

    home: Home
    seen: dict[tuple[str, str, str], tuple[str, Typed]] = field(default_factory=dict)

    def of(self, ready: Sequence[Ready]) -> list[Typed | None]:
        """The typed return of the period before each submission's; None where there is none."""
        wanted = [_key_before(one.found.key) for one in ready]
        in_batch = {one.found.key: one.typed for one in ready}
        held = self._reopened([key for key in wanted if key and key not in in_batch and not self._seen(key)])
        found = [(key and (in_batch.get(key) or self._seen(key) or held.get(key))) or None for key in wanted]
        for one in sorted(ready, key=lambda one: one.found.period):
            return_id, part, submitter, period = one.found.key
            self.seen[return_id, part, submitter] = (period, one.typed)
        return found

    def _seen(self, key: Key) -> Typed | None:
        period, typed = self.seen.get(key[:3], ("", None))
        return typed if period == key[3] else None

    def _reopened(self, keys: Iterable[Key]) -> dict[Key, Typed]:
        wanted = set(keys)
        if not wanted:
            return {}
        state = archive.state(archive.events(self.home), sign_offs={}).filter(pl.col("current"))
        rows = [row for row in state.iter_rows(named=True) if tuple(row[name] for name in archive.KEY) in wanted]
        return {ready.found.key: ready.typed for ready in reopen(self.home, rows)}


def check(ready: Sequence[Ready], years_before: YearsBefore) -> list[Checked]:
    """The outcome of checking each submission, in the order given."""
    outcomes = [check_spec(one.found.reading, one.typed, _spec(one)) for one in ready]
    together: dict[tuple[object, ...], list[int]] = {}
    compared = [i for i, one in enumerate(ready) if the_return(one.found.reading.return_id).check_together]
    before = dict(zip(compared, years_before.of([ready[i] for i in compared]), strict=True))
    for i, one in enumerate(ready):
        declared = the_return(one.found.reading.return_id)
        if i in before:
            together.setdefault(_alike(one, before[i]), []).append(i)
        elif declared.check is not None:
            outcomes[i] = merge(outcomes[i], declared.check(one.found.reading, one.typed, _spec(one)))
    tables: Mapping[str, pl.LazyFrame | pl.DataFrame | None] = {}
    for places in together.values():
        tables = tables or _lookups(years_before.home)
        checked = _check_together([ready[i] for i in places], [before[i] for i in places], tables)
        for i in places:
            outcomes[i] = merge(outcomes[i], _of_authority(checked, ready[i].found.submitter))
    return [
        with_workers(with_remarks(outcome, one.typed), one.typed) for outcome, one in zip(outcomes, ready, strict=True)
    ]


def _spec(one: Ready) -> YearSpec:
    return the_return(one.found.reading.return_id).spec.at(one.found.period)


def _key_before(key: Key) -> Key | None:
    try:
        return (*key[:3], region.parse_period(key[3]).previous.label)
    except PeriodError:
        return None


def _alike(one: Ready, before: Typed | None) -> tuple[object, ...]:
    """A key: submissions with the same key have the same tables and columns in both years and share one query plan."""
    return (
        one.found.reading.return_id,
        one.found.reading.part,
        one.found.period,
        one.found.reading.form,
        _known_to(one),
        _shape(one.typed),
        _shape(before) if before else None,
    )


def _known_to(one: Ready) -> date | None:
    declared = the_return(one.found.reading.return_id)
    return declared.known_to(one.typed.tables, one.found.period) if declared.known_to else None


def _shape(typed: Typed) -> tuple[object, ...]:
    return frozenset(typed.as_last_year), frozenset(
        (name, frozenset(columns)) for name, columns in typed.absent.items()
    )


def _lookups(home: Home) -> Mapping[str, pl.LazyFrame | pl.DataFrame | None]:
    """Postcodes and providers: those named in the environment, or else the submitted lists of providers."""
    named = lookups().frames()
    return named if named["providers"] is not None else {**named, "providers": kept_providers(home)}


def _check_together(
    ready: Sequence[Ready],
    before: Sequence[Typed | None],
    tables: Mapping[str, pl.LazyFrame | pl.DataFrame | None],
) -> Checked:
    first, last = ready[0], before[0]
    declared = the_return(first.found.reading.return_id)
    submitters = [one.found.submitter for one in ready]
    if declared.check_together is None:
        raise TypeError(f"{declared.id} has no rules that check several authorities together")
    return declared.check_together(
        _stacked([one.typed.tables for one in ready], submitters),
        collection_year=first.found.period,
        absent=first.typed.absent,
        last_year=_stacked([typed.as_last_year for typed in before if typed is not None], submitters),
        last_year_absent=last.absent if last else {},
        form=first.found.reading.form,
        **tables,
    )


def _stacked(tables: Sequence[Mapping[str, pl.DataFrame]], submitters: Sequence[str]) -> Mapping[str, pl.DataFrame]:
    """The tables of several authorities, concatenated, with a column `authority`."""
    if not tables:
        return {}
    return {
        name: pl.concat(
            [
                one[name].with_columns(authority=pl.lit(submitter))
                for one, submitter in zip(tables, submitters, strict=True)
            ]
        )
        for name in tables[0]
    }


def _of_authority(checked: Checked, authority: str) -> Checked:
    """One authority's part of the findings of several, with its own counts."""
    own = checked.findings.filter(pl.col("authority") == authority)
    counts = own.group_by("rule").agg(pl.len().cast(pl.UInt32).alias("own"))
    statuses = checked.statuses.join(counts, on="rule", how="left", maintain_order="left").with_columns(
        count=pl.col("own").fill_null(0)
    )
    return Checked(
        return_id=checked.return_id,
        part=checked.part,
        period=checked.period,
        findings=own,
        statuses=statuses.select(checked.statuses.columns),
        problems=checked.problems,
    )
