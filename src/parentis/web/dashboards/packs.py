"""Build of a pack in the background, in its own folder, which is downloaded as one file."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parentis import workflow
from parentis.archive import find_home
from parentis.figures import Viewer
from parentis.web.jobs.models import Job
from parentis.web.people.authorisation import viewer
from parentis.web.settings.environment import site_folder
from parentis.workflow import Progress

if TYPE_CHECKING:
    from parentis.evidence import Edition

FOLDER, EDITING = "pack", "editing.json"


def folder_of(job: Job) -> Path:
    return site_folder() / "packs" / str(job.pk)


def make(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the requested pack, with the figures that its requester may see."""
    reader = _reader(job)
    folder = folder_of(job)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rendered = workflow.rendered_pack(
        find_home(), job.asked["pack"], out=folder / FOLDER, geography=job.asked["place"], viewer=reader,
        edition=_edition(job),
    )  # fmt: skip
    written = rendered.paths
    (folder / EDITING).write_text(json.dumps(rendered.editing, ensure_ascii=False), encoding="utf-8")
    name = f"{job.asked['pack']}-{job.asked['place']}.zip"
    unfinished = folder / ".new.zip"
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(written):
            packed.write(path, path.relative_to(folder / FOLDER).as_posix())
    unfinished.replace(folder / name)
    apart = [path for path in written if path.parent == folder / FOLDER and path.suffix in {".xlsx", ".docx", ".pdf"}]
    for path in apart:
        shutil.copyfile(path, folder / path.name)
    files = [folder / name, *(folder / path.name for path in apart)]
    listed = [{"name": path.name, "size": path.stat().st_size} for path in files]
    return {"files": listed, "sha256": rendered.sha256}


def _reader(job: Job) -> Viewer:
    """Who will read it: who asked; of a version, every editor of its organisation, so only what all of them may see."""
    authority = job.asked.get("reader")
    if authority is None:
        return viewer(job.by)
    return Viewer.members(authority) if authority else Viewer.members()


def editing_of(job: Job) -> dict[str, Any]:
    """What an editor of the built pack needs, as `evidence.Rendered.editing`; nothing for a pack of an older build."""
    path = folder_of(job) / EDITING
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


def _edition(job: Job) -> "Edition | None":
    """The editor's version as it stood when the build was asked for."""
    from parentis.evidence import Edition, Signature

    edited = job.asked.get("edited")
    if not edited:
        return None
    return Edition(
        order=tuple(edited["order"]),
        narrative=edited["narrative"],
        signatures=tuple(Signature(role=one["role"], name=one["name"], on=one["on"]) for one in edited["signatures"]),
        mark=job.asked["mark"],
    )
