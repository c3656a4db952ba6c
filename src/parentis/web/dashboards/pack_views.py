"""The pack builder."""

import uuid
from pathlib import Path

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parentis import region
from parentis.services import packs as announced_packs
from parentis.web.audit.recorder import record
from parentis.web.dashboards import pages
from parentis.web.dashboards.forms import PackForm, VerifyForm
from parentis.web.dashboards.pack_versions import may_edit, versions_of
from parentis.web.dashboards.packs import FOLDER, folder_of
from parentis.web.jobs.models import Job
from parentis.web.jobs.queue import enqueue


@require_http_methods(["GET", "HEAD", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    """The form to choose a pack and a place, and the packs built before."""
    choices = [(one.id, f"{one.title}. {one.subtitle}") for one in announced_packs()]
    names = {one.id: one.name for one in region.footprints()}
    of_footprints = ((kind, [one for one in found if one[0] in names]) for kind, found in pages.grouped_places())
    where = [(kind, found) for kind, found in of_footprints if found]
    initial = {"once": uuid.uuid4(), "pack": choices[0][0], "place": pages.REGION}
    form = PackForm(choices, where, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with transaction.atomic():
            asked = {"pack": given["pack"], "place": given["place"]}
            job, new = enqueue(kind="pack", by=request.user, asked=asked, once=given["once"])
            if job.asked != asked:  # a resent form of an earlier request, with other choices
                job, new = enqueue(kind="pack", by=request.user, asked=asked)
            if new:
                record(who=request.user, what="pack:built", subject=given["pack"], detail=asked, request=request)
        return redirect("packs-one", job.pk)
    built = Job.objects.filter(kind="pack", by=request.user)[:20]
    context = {
        "form": form,
        "versions": versions_of(request.user),
        "verify": VerifyForm(),
        "built": [(job, names.get(job.asked["place"], "")) for job in built],
    }
    return render(request, "dashboards/packs.html", context)


@never_cache
@require_safe
def one(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One pack: in progress, or ready to download. Only its requester sees it, because its figures were released to
    them."""
    return render(request, "dashboards/pack.html", {"job": _own(request, pk), "edit": may_edit(request.user)})


@never_cache
@require_safe
def download(request: HttpRequest, pk: uuid.UUID, name: str) -> FileResponse:
    """A file of a pack."""
    job = _own(request, pk)
    path = folder_of(job) / name
    if name not in {file["name"] for file in job.came.get("files", ())} or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


READ = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".csv": "text/csv; charset=utf-8",
    ".svg": "image/svg+xml", ".pdf": "application/pdf", ".sha256": "text/plain; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
"Extensions of a pack's files that a browser opens → their content type."


@never_cache
@require_safe
def read(request: HttpRequest, pk: uuid.UUID, name: str) -> FileResponse:
    """A page of a pack with its style and charts, so that it can be read without unzipping."""
    return page_of(folder_of(_own(request, pk)) / FOLDER, name)


def page_of(folder: Path, name: str) -> FileResponse:
    """A file of the pack in `folder`, as a browser opens it. Raises Http404 for one outside it."""
    folder = folder.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or path.suffix not in READ or not path.is_file():
        raise Http404
    response = FileResponse(path.open("rb"), content_type=READ[path.suffix])
    # A pack has no script; its charts have inline style attributes.
    response._csp_replace = {
        "script-src": ["'none'"], "style-src": ["'self'", "'unsafe-inline'"], "img-src": ["'self'", "data:"],
    }  # fmt: skip
    return response


def _own(request: HttpRequest, pk: uuid.UUID) -> Job:
    return get_object_or_404(Job, pk=pk, kind="pack", by=request.user)
