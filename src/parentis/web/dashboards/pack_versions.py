"""Versions of packs: begun, edited, signed, frozen. Each write is one transaction with its line on the audit record."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.web.audit.recorder import record
from parentis.web.dashboards.models import PackVersion
from parentis.web.dashboards.packs import EDITING, FOLDER, editing_of, folder_of
from parentis.web.jobs.models import Job, State
from parentis.web.jobs.queue import enqueue
from parentis.web.people.authorisation import holds, memberships
from parentis.web.people.models import Organisation
from parentis.web.people.permissions import actions
from parentis.web.people.roles import Kind
from parentis.web.settings.environment import site_folder

if TYPE_CHECKING:
    from parentis.evidence import Typed

EDIT = "packs.edit"


def may_edit(person: Any) -> bool:
    return holds(person, EDIT)


def _organisations(person: Any) -> list[Organisation]:
    """Those in which the person holds a role that edits, by name. Not those that the regional team oversees: what was
    released to a council's own people is for them."""
    to = actions()[EDIT].to
    held = {one.organisation for one in memberships(person) if (Kind(one.organisation.kind), one.role) in to}
    return sorted(held, key=lambda one: str(one.name))


def versions_of(person: Any) -> QuerySet[PackVersion]:
    """The versions that the person's organisations made, the latest first."""
    return PackVersion.objects.filter(organisation__in=_organisations(person)).select_related("job")


def frozen_folder(version: PackVersion) -> Path:
    return site_folder() / "packs" / "versions" / str(version.pk)


@transaction.atomic
def begin(*, job: Job, person: Any, request: HttpRequest) -> PackVersion:
    """The next version of the pack of `job`, with the order and text of the last one; a build of it begins."""
    organisation = _organisations(person)[0]
    of = {"pack": job.asked["pack"], "place": job.asked["place"], "organisation": organisation}
    last = PackVersion.objects.filter(**of).order_by("-number").first()
    number = (PackVersion.objects.filter(**of).aggregate(most=Max("number"))["most"] or 0) + 1
    version = PackVersion(
        **of, number=number, made_by=person, order=last.order if last else [],
        narrative=last.narrative if last else {},
    )  # fmt: skip
    version.job = _build(version, person)
    version.save()
    record(who=person, what="pack-version:begun", subject=str(version), request=request)
    return version


@transaction.atomic
def edit(
    version: PackVersion, *, order: Sequence[str], narrative: Mapping[str, str], person: Any, request: HttpRequest
) -> None:
    """Save order and text, and build the version again. Signatures end: they were for what stood before."""
    _refuse_frozen(version)
    changed = (list(order), dict(narrative)) != (version.order, version.narrative)
    version.order, version.narrative = list(order), dict(narrative)
    if changed:
        version.signatures = []
    version.job = _build(version, person)
    version.save(update_fields=["order", "narrative", "signatures", "job"])
    record(who=person, what="pack-version:edited", subject=str(version), request=request)


@transaction.atomic
def sign(version: PackVersion, *, role: str, person: Any, request: HttpRequest) -> None:
    """The person answers for the version in a role of the Aqua Book: one role a person, so that another assures it."""
    _refuse_frozen(version)
    others = [one for one in version.signatures if one["role"] != role]
    if any(one["person"] == person.pk for one in others):
        raise UserError(
            expected="another person for each role", found="the same person in two",
            where=str(version), do="Ask a colleague to sign: who assures an analysis is not who made it.",
        )  # fmt: skip
    today = timezone.localdate()
    mine = {"role": role, "name": str(person), "on": f"{today.day} {today:%B %Y}", "person": person.pk}
    version.signatures = [*others, mine]
    version.job = _build(version, person)
    version.save(update_fields=["signatures", "job"])
    record(who=person, what="pack-version:signed", subject=str(version), detail={"role": role}, request=request)


@transaction.atomic
def freeze(version: PackVersion, *, person: Any, request: HttpRequest) -> None:
    """Hold the version's last build for good, with the hash of its files."""
    _refuse_frozen(version)
    job = version.job
    if job.state != State.DONE or job.asked.get("edited") != version.edited():
        raise UserError(
            expected="a finished build of this version", found="none",
            where=str(version), do="Wait for the build, read it, and freeze it then.",
        )  # fmt: skip
    if typed := pointed_out(version):
        raise UserError(
            expected="text whose numbers are references to figures",
            found=f"{len(typed)} typed: {', '.join(one.text for one in typed[:5])}",
            where=str(version), do="Put each figure's reference in place of its number; they are listed below it.",
        )  # fmt: skip
    target = frozen_folder(version)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(folder_of(job) / FOLDER, target, dirs_exist_ok=True)
    version.frozen_by, version.frozen_at, version.sha256 = person, timezone.now(), job.came["sha256"]
    version.save(update_fields=["frozen_by", "frozen_at", "sha256"])
    detail = {"sha256": version.sha256}
    record(who=person, what="pack-version:frozen", subject=str(version), detail=detail, request=request)


def pointed_out(version: PackVersion) -> "tuple[Typed, ...]":
    """Numbers typed in the version's text, and references to figures that the pack does not show."""
    from parentis.evidence import typed_numbers, unknown_references

    told = editing_of(version.job)
    typed = typed_numbers(version.narrative, told.get("shown", {}))
    return (*typed, *unknown_references(version.narrative, told.get("references", ())))


def _refuse_frozen(version: PackVersion) -> None:
    if version.is_frozen:
        raise UserError(
            expected="a version that is not frozen", found="a frozen one",
            where=str(version), do="Begin the next version, which starts from its text.",
        )  # fmt: skip


def _build(version: PackVersion, person: Any) -> Job:
    asked = {
        "pack": version.pack,
        "place": version.place,
        "reader": version.organisation.authority,
        "edited": version.edited(),
        "mark": f"Version {version.number}",
    }
    job, _ = enqueue(kind="pack", by=person, asked=asked)
    if version.job_id and (told := folder_of(version.job) / EDITING).is_file():
        # Until the new build has its own, and if it fails, the editor has the chapters of the last.
        folder_of(job).mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(told, folder_of(job) / EDITING)
    return job
