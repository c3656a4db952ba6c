"""The practice region: the synthetic returns made by `practice`, and those added by single services."""

from pathlib import Path

from parentis import practice as region
from parentis.returns import SYNTHETIC, write_files
from parentis.services import services
from parentis.workflow.intake.upload_options import Progress, silent


def practice(directory: Path, *, seed: int = region.SEED, progress: Progress = silent) -> "region.Written":
    """Write the synthetic region's returns under `directory`, ready to be submitted as one folder."""
    written = region.write(directory, seed=seed, progress=progress)
    for service in services().values():
        if service.practice is not None:
            for filled in service.practice.resolve()(seed):
                folder = directory / filled.return_id / filled.period / filled.submitter
                write_files(filled, folder, prefix=f"{SYNTHETIC}_")
    return written
