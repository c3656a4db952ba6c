"""Groups the paths that a person names into parcels: files that are handed in together.

A folder may be laid out as `return/period/submitter/files`, like the practice region: then each innermost folder is a
parcel, identified by the folders' names. Any other folder is one parcel. All files named individually, or given as
bytes with their names, together form one parcel.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from parentis.archive import File, Upload
from parentis.errors import UnreadableFileError
from parentis.returns import returns
from parentis.workflow.intake.upload_options import UploadOptions, upload_options


def uploads(paths: Sequence[Path | File], intent: UploadOptions) -> list[Upload]:
    """The parcels that `paths` hold, with their bytes. Reads every file; parses none."""
    found: list[Upload] = []
    loose: list[Path] = []
    given: list[File] = []
    for path in paths:
        if isinstance(path, File):
            given.append(path)
        elif not path.exists():
            raise UnreadableFileError(
                expected="a file or folder", found="nothing", where=str(path), do="Check the name and the folder."
            )
        elif path.is_dir():
            found.extend(_of_folder(path, intent))
        else:
            loose.append(path)
    if loose or given:
        found.append(Upload(files=(*given, *_named(loose)), intent=intent.kept()))
    if not found:
        raise UnreadableFileError(
            expected="at least one file",
            found="none",
            where=", ".join(map(str, paths)) or "no path at all",
            do="Name the files, or a folder that has some.",
        )
    return found


def _of_folder(folder: Path, intent: UploadOptions) -> Iterator[Upload]:
    tree = sorted(_tree(folder))
    if not tree:
        if files := _files(folder):
            yield _parcel(files, intent, folder)
        return
    for return_id, period, submitter, innermost in tree:
        publisher = returns()[return_id].submitter == "publisher"
        said = upload_options(
            who=intent.who,
            accept=intent.accept,
            publishes=intent.publishes,
            return_id=return_id,
            period=period,
            authority=None if publisher else submitter,
        )
        yield _parcel(_files(innermost), said, innermost)


def _tree(folder: Path) -> Iterator[tuple[str, str, str, Path]]:
    """`(return, period, submitter, folder)` for each innermost folder of the layout that has files."""
    for return_id in returns():
        for innermost in folder.glob(f"{return_id}/*/*"):
            if innermost.is_dir() and _files(innermost):
                yield return_id, innermost.parent.name, innermost.name, innermost


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _parcel(files: Sequence[Path], intent: UploadOptions, within: Path) -> Upload:
    return Upload(files=tuple(_named(files, within)), intent=intent.kept())


def _named(files: Sequence[Path], within: Path | None = None) -> Iterator[File]:
    """Names for files: the file name, with as much of the path as is needed to make it unique."""
    counts = Counter(path.name for path in files)
    for path in files:
        name = path.name if counts[path.name] == 1 else path.as_posix()
        if within is not None:
            # Include the folder's own name, which may contain the year.
            name = path.relative_to(within.parent).as_posix()
        yield File(name, path.read_bytes())
