"""Versions of definitions written on the site: proposed by one person, accepted by another, frozen by their hash."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import SubmissionStateError
from parentis.services.cohort import Definition, definitions, read_definition
from parentis.web.audit.recorder import record
from parentis.web.cohort.models import DefinitionVersion

State = DefinitionVersion.State


def versions_written() -> list[DefinitionVersion]:
    """Every version written on the site; DamageError where one is no longer the text that was proposed."""
    found = list(DefinitionVersion.objects.select_related("by", "decided_by"))
    for one in found:
        one.verified()
    return found


def in_use() -> list[Definition]:
    """Every version that may be counted: those that come with Parentis, and those accepted here."""
    accepted = DefinitionVersion.objects.filter(state=State.ACCEPTED)
    return [*definitions(), *(read_definition(one.verified()) for one in accepted)]


def countable() -> list[Definition]:
    """Every version in use and every one that is proposed: whoever accepts a version sees first whom it brings in."""
    proposed = DefinitionVersion.objects.filter(state=State.PROPOSED)
    return [*in_use(), *(read_definition(one.verified()) for one in proposed)]


def next_number(name: str) -> int:
    """The version that comes next of a definition: 1 for a new one."""
    shipped = [one.version for one in definitions() if one.id == name]
    here = DefinitionVersion.objects.filter(name=name).exclude(state=State.DECLINED).values_list("number", flat=True)
    return max([0, *shipped, *here]) + 1


def text_of(said: Mapping[str, Any], *, version: int, author: str) -> str:
    """The file of a version: `name, title, in_force, reason, ages, combination, at_least, rules`; each rule has
    `marker` and may have `window`, `threshold`, `weight`."""
    lines = [
        f"id = {_text(said['name'])}",
        f"version = {version}",
        f"title = {_text(said['title'])}",
        f"in_force = {said['in_force'].isoformat()}",
        f"author = {_text(author)}",
        f"reason = {_text(said['reason'])}",
        f"ages = [{said['ages'][0]}, {said['ages'][1]}]",
        f"combination = {_text(said['combination'])}",
    ]
    if said["combination"] != "any":
        lines.append(f"at_least = {said['at_least']:g}")
    for rule in said["rules"]:
        lines += ["", "[[rules]]", f"name = {_text(rule['marker'])}", f"marker = {_text(rule['marker'])}"]
        lines += [f"{key} = {rule[key]:g}" for key in ("window", "threshold") if rule.get(key) is not None]
        if said["combination"] == "weighted" and rule.get("weight") is not None:
            lines.append(f"weight = {float(rule['weight'])!r}")
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    # JSON's strings are TOML's basic strings, but for one control character.
    return json.dumps(value.replace("\x7f", "").replace("\r\n", "\n"), ensure_ascii=False)


@transaction.atomic
def propose(*, by: Any, said: Mapping[str, Any], request: HttpRequest | None = None) -> DefinitionVersion:
    """Keep a version for a second person to accept. Raises DeclarationError where it says something impossible."""
    if not said["rules"]:
        raise SubmissionStateError(
            expected="at least one sign", found="none", where="the proposed version", do="Choose the signs it uses."
        )
    number = next_number(said["name"])
    text = text_of(said, version=number, author=str(getattr(by, "name", "") or "A member"))
    made = read_definition(text)
    _after_the_one_before(made)
    found = DefinitionVersion.objects.create(name=made.id, number=number, text=text, sha256=made.sha256, by=by)
    record(
        who=by, what="cohort:definition-proposed", subject=str(found), detail={"sha256": made.sha256}, request=request
    )
    return found


def _after_the_one_before(made: Definition) -> None:
    before = [one for one in in_use() if one.id == made.id and one.version < made.version]
    latest: date | None = max((one.in_force for one in before), default=None)
    if latest is not None and made.in_force <= latest:
        raise SubmissionStateError(
            expected=f"a day after {latest:%-d %B %Y}, on which the version before came into force",
            found=f"{made.in_force:%-d %B %Y}", where=f"version {made.version} of {made.id}",
            do="Choose a later day.",
        )  # fmt: skip


@transaction.atomic
def decide(*, by: Any, pk: int, accepted: bool, why: str, request: HttpRequest | None = None) -> DefinitionVersion:
    """Accept a proposed version, which freezes it, or decline it. Raises SubmissionStateError where its author decides,
    it is decided already, or no reason is given."""
    one: DefinitionVersion = DefinitionVersion.objects.select_for_update().get(pk=pk)
    if one.state != State.PROPOSED:
        raise SubmissionStateError(
            expected="a version that is proposed", found=one.get_state_display().lower(), where=str(one),
            do="Nothing was changed. To change a frozen version, propose the next one.",
        )  # fmt: skip
    if one.by_id == by.pk:
        raise SubmissionStateError(
            expected="a second person", found="whoever proposed it", where=str(one),
            do="Ask somebody else who may accept it.",
        )  # fmt: skip
    if not why.strip():
        raise SubmissionStateError(
            expected="a reason", found="none", where=str(one), do="Give a reason; it stays with the version."
        )
    one.verified()
    one.state = State.ACCEPTED if accepted else State.DECLINED
    one.decided_by, one.decided_at, one.why = by, timezone.now(), why.strip()
    one.save(update_fields=["state", "decided_by", "decided_at", "why"])
    record(
        who=by, what=f"cohort:definition-{one.state}", subject=str(one), why=one.why, detail={"sha256": one.sha256},
        request=request,
    )  # fmt: skip
    return one
