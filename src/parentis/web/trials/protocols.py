"""Protocols: from a case's fields to a frozen version, and back from the version to what was frozen."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from parentis import region
from parentis.errors import IntegrityError, SpecificationError, UnknownAuthorityError, UserError
from parentis.services.trials import (
    FIELDS,
    Frozen,
    Problem,
    Protocol,
    amended,
    from_form,
    frozen,
    missing_papers,
    problems,
    protocol_hash,
    read_protocol,
    warnings,
    write_protocol,
)
from parentis.web.cases import history, operations, records
from parentis.web.cases import values as of
from parentis.web.cases.models import Case, Record
from parentis.web.trials import operating_characteristics, populations
from parentis.web.trials.case_types import KIND, NAMES
from parentis.web.trials.models import ProtocolVersion

TITLES = {one.name: one.title for one in FIELDS}
"Name of a field of the protocol's form to its title."
NO_DAY = "2000-01-01"
"Stands for a day that is missing, while everything else is checked."


def versions(case: Case) -> list[ProtocolVersion]:
    """The frozen versions, the latest first."""
    return list(case.protocols.select_related("frozen_by"))


def is_allocated(case: Case) -> bool:
    return bool(case.trial_files.filter(what="allocation").exists())


def frozen_of(version: ProtocolVersion) -> Frozen:
    """A version as it was frozen. Raises IntegrityError where its text, its hash and the case's history differ."""
    protocol = read(version)
    found = protocol_hash(protocol)
    committed = _committed(version)
    if not found == version.sha256 == committed or write_protocol(protocol) != version.text:
        raise IntegrityError(
            f"case {version.case_id}: version {version.number} of its protocol is not the one that was frozen"
        )
    return Frozen(protocol=protocol, sha256=version.sha256)


def in_force(case: Case) -> Frozen:
    """The latest frozen version. Raises UserError where none is."""
    version = case.protocols.first()
    if version is None:
        raise UserError(
            expected="a frozen protocol", found="none", where=str(case),
            do="Propose the protocol, and ask a second person to freeze it.",
        )  # fmt: skip
    return frozen_of(version)


def written(case: Case) -> Protocol:
    """The protocol that the case's fields say now, as the next version. Raises SpecificationError for a number, date or
    borough that cannot be read."""
    number = case.protocols.count() + 1
    made = from_form(_texts(case), version=number, reason=_reason(case) if number > 1 else "")
    return operating_characteristics.with_stored(made)


def faults(case: Case) -> list[str]:
    """What still keeps the protocol from being frozen, a sentence each."""
    try:
        protocol, found = _readable(case)
    except SpecificationError as error:
        return [error.do]
    found += [said for said in map(_said, _problems(protocol)) if said not in found]
    others = Record.objects.filter(case__kind=KIND, values__reference=protocol.id).exclude(case=case)
    if others.exists():
        found.append("Another trial has this short name: choose one that no trial of the region has.")
    held = populations.known()
    if protocol.population and protocol.population not in held:
        found.append(f"No version of a cohort definition has this name: choose one of {', '.join(sorted(held))}.")
    return found or _amendment_faults(case, protocol)


def weaknesses(case: Case) -> list[str]:
    """Sentences on what may be frozen, but is weak."""
    return warnings(written(case))


def next_frozen(case: Case) -> Frozen:
    """What freezing would freeze. Raises UserError where something is missing, or nothing was changed."""
    protocol = written(case)
    if operating_characteristics.is_needed(protocol) and protocol.operating is None:
        raise UserError(
            expected="what the stopping rule does", found="that it is still being worked out", where=str(case),
            do="Open this page again in a minute.",
        )  # fmt: skip
    before = case.protocols.first()
    if before is None:
        return frozen(protocol)
    return _amended(frozen_of(before), protocol, is_allocated(case))


def require_complete(case: Case) -> None:
    """For the step that proposes: refuse while something is missing, and say everything that is; then have worked out
    what the stopping rule does."""
    found = faults(case)
    if found:
        raise UserError(
            expected="a protocol that can be frozen", found=f"{len(found)} to correct", where=str(case),
            do=" ".join(found),
        )  # fmt: skip
    operating_characteristics.ask(written(case))


def require_no_version(case: Case) -> None:
    """For sending a first draft back."""
    if case.protocols.exists():
        raise _not_this("send the amendment back")


def require_a_version(case: Case) -> None:
    """For sending an amendment back."""
    if not case.protocols.exists():
        raise _not_this("send the draft back")


def changed(case: Case, what: str) -> IntegrityError:
    return IntegrityError(f"case {case.pk}: {what} is not what was kept")


def read(version: ProtocolVersion) -> Protocol:
    try:
        return read_protocol(version.text)
    except SpecificationError:
        raise IntegrityError(
            f"case {version.case_id}: version {version.number} of its protocol cannot be read as it was frozen"
        ) from None


def _committed(version: ProtocolVersion) -> str:
    """The hash that the case's history has for a version."""
    for entry in version.case.entries.filter(what="protocol-frozen").select_related("value", "case"):
        value = history.value_of(entry) or {}
        if value.get("version") == version.number:
            return str(value["plan_sha256"])
    return ""


def _amended(before: Frozen, protocol: Protocol, allocated: bool) -> Frozen:
    if protocol.id != before.protocol.id:
        raise UserError(
            expected=f"the short name {before.protocol.id}", found=protocol.id, where="trial protocol, id",
            do="A trial keeps its short name: change it back, or begin a new trial.",
        )  # fmt: skip
    fields = set(Protocol.__dataclass_fields__) - {"id", "version", "reason"}
    changes = {
        name: getattr(protocol, name) for name in fields if getattr(protocol, name) != getattr(before.protocol, name)
    }
    return amended(before, reason=protocol.reason, allocated=allocated, **changes)


def _problems(protocol: Protocol) -> list[Problem]:
    """What people have to put right: what the stopping rule does is worked out by the site."""
    return [one for one in (*problems(protocol), *missing_papers(protocol)) if one.field != "operating"]


def _said(problem: Problem) -> str:
    """A problem's sentence after the title of its field."""
    return f"{TITLES[problem.field]}: {problem.sentence}" if problem.field in TITLES else problem.sentence


def _readable(case: Case) -> tuple[Protocol, list[str]]:
    """The protocol with what cannot be read left out, and a sentence for each such field."""
    texts, found, left_out = _texts(case), list[str](), set[str]()
    while True:
        try:
            made = from_form(texts, version=case.protocols.count() + 1, reason=_reason(case))
            return operating_characteristics.with_stored(made), found
        except SpecificationError as error:
            name = error.where.rpartition(", ")[2]
            if name not in texts or name in left_out:
                raise
            missing = f"{TITLES[name]}: Give it." if not texts[name].strip() else error.do
            found.append(missing)
            left_out.add(name)
            texts[name] = NO_DAY if name == "timing.starts" else ""


def _amendment_faults(case: Case, protocol: Protocol) -> list[str]:
    before = case.protocols.first()
    if before is None:
        return []
    try:
        _amended(frozen_of(before), replace(protocol, reason="-"), is_allocated(case))
    except UserError as error:
        return [f"Expected {error.expected}, found {error.found}. {error.do}"]
    return []


def _reason(case: Case) -> str:
    """Why the version is as it is: what was said when it was proposed last."""
    for entry in case.entries.filter(what="moved").select_related("value", "case").order_by("-sequence"):
        value: Mapping[str, Any] = history.value_of(entry) or {}
        if value.get("move") == "propose":
            return str(value.get("why") or "")
    return ""


def _texts(case: Case) -> dict[str, str]:
    """The fields as the protocol's form has them."""
    values = records.values_of(case.record)
    return {dotted: _text(name, values[name]) for name, dotted in NAMES.items()}


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "boroughs":
        return ", ".join(codes_of(value))
    return str(of.plain(records.register_of(KIND).field(name), value))


def codes_of(text: str) -> tuple[str, ...]:
    """ONS codes of boroughs given by name or code, with commas or on lines. Raises SpecificationError for one that is
    not known."""
    found = []
    for number, one in enumerate(filter(None, (part.strip() for part in text.replace("\n", ",").split(","))), 1):
        try:
            found.append(region.authority(one).gss)
        except UnknownAuthorityError:
            raise SpecificationError(
                expected="an authority's name or ONS code", found=f"something else as number {number}",
                where="trial protocol, boroughs", do=f"Correct the boroughs: number {number} is no English authority.",
            ) from None  # fmt: skip
    return tuple(found)


def _not_this(do: str) -> operations.CaseStateError:
    return operations.CaseStateError(
        expected="the step for this case", found="the other one", where="sending back", do=f"Choose to {do}."
    )
