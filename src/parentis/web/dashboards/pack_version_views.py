"""The pages of a pack's version: edit, sign, freeze, read; and the check of a zip against frozen versions."""

import io
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis import region
from parentis.errors import UserError
from parentis.web.dashboards import pack_versions
from parentis.web.dashboards.forms import VerifyForm, VersionForm
from parentis.web.dashboards.models import PackVersion
from parentis.web.dashboards.pack_views import page_of
from parentis.web.dashboards.packs import editing_of
from parentis.web.error_messages import message_of
from parentis.web.jobs.models import Job

UNFROZEN = "No file in it was changed since it was built, but this version was not frozen."


@require_POST
def begin(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The next version of a pack that the person built."""
    job = get_object_or_404(Job, pk=pk, kind="pack", by=request.user)
    return redirect("packs-version", pack_versions.begin(job=job, person=request.user, request=request).pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, version: uuid.UUID) -> HttpResponse:
    """A version: its text and order to edit, or, once frozen, its hash and files."""
    one = _own(request, version)
    told = editing_of(one.job)
    chapters = _in_order(told.get("chapters", []), one.order)
    initial = {f"text-{chapter['id']}": one.narrative.get(chapter["id"], "") for chapter in chapters}
    form = VersionForm(chapters, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            pack_versions.edit(
                one, order=form.order(), narrative=form.narrative(), person=request.user, request=request
            )
        except UserError as error:
            messages.error(request, message_of(error))
        return redirect("packs-version", one.pk)
    names = {each.id: each.name for each in region.footprints()}
    titles = {chapter["id"]: chapter["title"] for chapter in chapters}
    typed = [(titles.get(each.chapter, each.chapter), each.text, each.same) for each in pack_versions.pointed_out(one)]
    context = {
        "version": one, "place": names.get(one.place, one.place), "form": form, "typed": typed,
        "chapters": [
            (chapter, form[f"place-{chapter['id']}"], form[f"text-{chapter['id']}"]) for chapter in form.chapters
        ],
        "roles": _roles(one),
    }  # fmt: skip
    return render(request, "dashboards/pack_version.html", context)


@require_POST
def sign(request: HttpRequest, version: uuid.UUID) -> HttpResponse:
    """Answer for the version in a role."""
    one = _own(request, version)
    role = request.POST.get("role", "")
    if role not in {name for name, _ in _roles(one)}:
        raise Http404
    return _done(request, one, lambda: pack_versions.sign(one, role=role, person=request.user, request=request))


@require_POST
def freeze(request: HttpRequest, version: uuid.UUID) -> HttpResponse:
    """Freeze the version as it was last built."""
    one = _own(request, version)
    return _done(request, one, lambda: pack_versions.freeze(one, person=request.user, request=request))


@never_cache
@require_safe
def read(request: HttpRequest, version: uuid.UUID, name: str) -> FileResponse:
    """A page of the version: as frozen, or as last built."""
    return page_of(_folder(_own(request, version)), name)


@never_cache
@require_safe
def download(request: HttpRequest, version: uuid.UUID) -> FileResponse:
    """The version's files as one zip."""
    one = _own(request, version)
    folder = _folder(one)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            packed.write(path, path.relative_to(folder).as_posix())
    held.seek(0)
    return FileResponse(held, as_attachment=True, filename=f"{one.pack}-{one.place}-version-{one.number}.zip")


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Whether a zip is a frozen version, byte for byte."""
    from parentis.evidence import verify

    form = VerifyForm(request.POST, request.FILES)
    found, refused = None, ""
    if form.is_valid():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pack.zip"
            path.write_bytes(form.cleaned_data["file"].read())
            try:
                found = PackVersion.objects.filter(sha256=verify(path)).first()
                refused = "" if found else UNFROZEN
            except UserError as error:
                refused = message_of(error).replace(str(path), form.cleaned_data["file"].name)
    return render(request, "dashboards/pack_check.html", {"form": form, "found": found, "refused": refused})


def _done(request: HttpRequest, one: PackVersion, do: Any) -> HttpResponse:
    try:
        do()
    except UserError as error:
        messages.error(request, message_of(error))
    return redirect("packs-version", one.pk)


def _own(request: HttpRequest, pk: uuid.UUID) -> PackVersion:
    return get_object_or_404(pack_versions.versions_of(request.user), pk=pk)


def _folder(one: PackVersion) -> Path:
    from parentis.web.dashboards.packs import FOLDER, folder_of

    return pack_versions.frozen_folder(one) if one.is_frozen else folder_of(one.job) / FOLDER


def _in_order(chapters: list[dict[str, Any]], order: list[str]) -> list[dict[str, Any]]:
    place = {chapter: at for at, chapter in enumerate(order)}
    return sorted(chapters, key=lambda one: (one["part"] != "summary", place.get(one["id"], len(place))))


def _roles(one: PackVersion) -> list[tuple[str, dict[str, Any] | None]]:
    """Each role of the Aqua Book, and who has signed in it."""
    from parentis.evidence import ROLES

    signed = {each["role"]: each for each in one.signatures}
    return [(role, signed.get(role)) for role in ROLES]
