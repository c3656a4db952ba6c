"""Build of a pack in the background, in its own folder, which is downloaded as one file."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

from parentis import workflow
from parentis.archive import find_home
from parentis.figures import Viewer
from parentis.web.jobs.models import Job
from parentis.web.people.authorisation import viewer
from parentis.web.settings.environment import site_folder
from parentis.workflow import Progress

FOLDER = "pack"


def folder_of(job: Job) -> Path:
    return site_folder() / "packs" / str(job.pk)


def make(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the requested pack, with the figures that its requester may see."""
    reader: Viewer = viewer(job.by)
    folder = folder_of(job)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = workflow.pack(
        find_home(), job.asked["pack"], out=folder / FOLDER, geography=job.asked["place"], viewer=reader
    )
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
    return {"files": [{"name": path.name, "size": path.stat().st_size} for path in files]}
