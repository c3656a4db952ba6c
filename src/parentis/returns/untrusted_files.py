"""Opens files from outside: determines the kind of a file from its content, and refuses unsafe files.

Each refusal is an `UnreadableFileError`. No path named inside an archive is ever written to.
"""

import codecs
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from parentis.errors import UnreadableFileError
from parentis.returns.content import Content, FileKind, broken, separator_of
from parentis.returns.extents import check_workbook
from parentis.returns.isolation import RawFile, open_apart, stays_here
from parentis.returns.quotation import mended

MAX_FILE_BYTES = 2 * 1024**3
MAX_MEMBERS = 5_000
MAX_UNPACKED_BYTES = 2 * 1024**3
MAX_RATIO = 250
"Unpacked to packed size. Real workbooks and data files reach about 30; zip bombs approach deflate's limit, 1,030."
RATIO_MATTERS_ABOVE = 16 * 1024**2
"A few megabytes of repeated rows can exceed `MAX_RATIO` and are harmless."

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = {
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a rich text document",
    b"SQLite format 3": "a database",
}
_WEB = "a web page, perhaps a sign-in page saved by mistake"
_OTHER = "a document of another program"
_EMPTY = "an empty file"
HOLDS_NO_DATA = frozenset({*_FOREIGN.values(), _WEB, _OTHER, _EMPTY})
"Kinds of file without data that are among data files by accident."
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x0c")
FEW_CONTROLS = 3
MOST_CONTROLS = 1_000
"One control character in this many others is an accident; with more the file is not text."
DAMAGE = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
          LookupError, struct.error, lzma.LZMAError, zlib.error)  # fmt: skip
"Exceptions that unpacking a damaged archive raises."
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)
_IGNORED = re.compile(r"(^|/)(__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)")
_ACCEPTED = "a CSV, Excel, OpenDocument, XML, JSON or Parquet file, or a zip of such files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unopened:
    """A file, or a member of a zip, that could not be opened, and why."""

    name: str
    error: UnreadableFileError


def raw_files(paths: Iterable[Path | str]) -> list[RawFile | Unopened]:
    """The bytes of files and of all files in folders, these in order of name; their content is not examined.

    Raises `UnreadableFileError` where there is no file at all; an unreadable file keeps its place in the list.
    """
    files = [file for path in map(Path, paths) for file in _raw_files(path)]
    if not files:
        raise UnreadableFileError(
            expected=_ACCEPTED, found="no file at all", where="The files given", do="Name at least one file."
        )
    return files


def open_files(paths: Iterable[Path | str]) -> list[Content]:
    """Open files, folders and zips of them, in this process: only for our own files.

    Returns one `Content` per file or zip member. Raises `UnreadableFileError` for the first that is missing,
    empty, damaged, protected by a password, unsafe, or of a kind that holds no data.
    """
    return _all_opened(
        one
        for file in raw_files(paths)
        for one in ([file] if isinstance(file, Unopened) else each_part(file.name, file.raw, file.folder))
    )


def open_sent(files: Iterable[RawFile | Unopened]) -> list[Content]:
    """Open files received from others: plain text in this process, all others in a separate process that returns
    their grids.

    Raises as `open_files` does."""
    contents: list[Content] = []
    for file in files:
        if isinstance(file, Unopened):
            raise file.error
        contents += open_bytes(file.name, file.raw, file.folder) if stays_here([file]) else open_apart(file)
    return contents


def open_bytes(name: str, raw: bytes, folder: str = "") -> list[Content]:
    """Open a file already in memory, as `open_files` does."""
    return _all_opened(open_parts(name, raw, folder))


def open_parts(name: str, raw: bytes, folder: str = "") -> list[Content | Unopened]:
    """Open a file already in memory; a part that cannot be opened is replaced by an `Unopened`."""
    return list(each_part(name, raw, folder))


def each_part(name: str, raw: bytes, folder: str = "") -> Iterator[Content | Unopened]:
    """`open_parts` as an iterator: a member of a zip is unpacked only when it is requested."""
    try:
        yield from _parts(name, raw, folder)
    except UnreadableFileError as error:
        yield Unopened(name=name, error=error)


def _all_opened(opened: Iterable[Content | Unopened]) -> list[Content]:
    contents = []
    for one in opened:
        if isinstance(one, Unopened):
            raise one.error
        contents.append(one)
    return contents


def _parts(name: str, raw: bytes, folder: str) -> Iterator[Content | Unopened]:
    if not raw.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError(
            expected="a file with data", found=_EMPTY, where=name, do="Export it again, or leave it out."
        )
    if raw[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        yield from _open_zip(name, raw, folder)
    else:
        yield _open_single(name, raw, folder)


def _raw_files(path: Path) -> Iterator[RawFile | Unopened]:
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            inside = file.relative_to(path)
            if not _IGNORED.search(inside.as_posix()):
                yield _raw_file(file, (path.resolve().name / inside).as_posix())
        return
    yield _raw_file(path, path.name)


def _raw_file(path: Path, name: str) -> RawFile | Unopened:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            return Unopened(name=name, error=_too_big(name, f"{size / 1024**3:.1f} GB"))
        return RawFile(name=name, raw=path.read_bytes(), folder=str(path.parent))
    except OSError as error:
        unreadable = UnreadableFileError(
            expected="a file that can be read",
            found=error.strerror or "an error",
            where=name,
            do="Check its name and place, and that you may read it.",
        )
        return Unopened(name=name, error=unreadable)


def _open_single(name: str, raw: bytes, folder: str) -> Content:
    if raw.startswith(b"PAR1"):
        if not raw.endswith(b"PAR1"):
            raise broken(name, "a whole Parquet file")
        return Content(name=name, folder=folder, kind="parquet", raw=raw)
    if raw.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise _protected(name)
        if "Workbook".encode("utf-16-le") not in raw and "Book".encode("utf-16-le") not in raw:
            raise _not_data(name, _OTHER)
        return _workbook(Content(name=name, folder=folder, kind="xlsx", raw=raw))
    for magic, what in _FOREIGN.items():
        if raw.startswith(magic):
            raise _not_data(name, what)
    utf8, notes = _utf8(name, raw)
    start = utf8[:400].lstrip()
    if _WEB_PAGE.match(start):
        raise _not_data(name, _WEB)
    kind: FileKind = "xml" if start.startswith(b"<") else "json" if start.startswith((b"{", b"[")) else "csv"
    if kind == "csv":
        utf8, strays = mended(utf8, separator_of(utf8.lstrip(b"\r\n")))
        if strays:
            notes = (*notes, _never_closed(strays))
    return Content(name=name, folder=folder, kind=kind, raw=raw, utf8=utf8, notes=notes)


def _utf8(name: str, raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """UTF-8 with or without BOM, UTF-16 with BOM or evidently, else CP1252, in which spreadsheets save CSV.

    A few control characters (NUL, as a damaged disk or an old program leaves) are removed and reported.
    """
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        utf8 = raw.removeprefix(codecs.BOM_UTF8) if encoding == "utf-8-sig" else text.encode()
        clean = utf8.translate(None, _CONTROLS)
        strange = len(utf8) - len(clean)
        if not strange:
            return utf8, ()
        text_itself = utf8.rstrip(b"\x00")  # a damaged disk's unwritten end is not counted
        if clean.strip() and len(text_itself) - len(clean) <= max(FEW_CONTROLS, len(text_itself) // MOST_CONTROLS):
            return clean, (_taken_out(utf8, strange),)
    raise UnreadableFileError(
        expected="text in UTF-8, UTF-16 or Windows-1252",
        found="bytes that are none of these",
        where=name,
        do="Save it again as CSV UTF-8.",
    )


def _taken_out(utf8: bytes, count: int) -> str:
    """The lines from which control characters were removed."""
    lines = [n for n, line in enumerate(utf8.splitlines(), 1) if line.translate(None, _CONTROLS) != line]
    listed = ", ".join(map(str, lines[:10])) + (" and more" if len(lines) > 10 else "")
    return f"{count:,} control characters (such as NUL) were taken out, in lines {listed}: look at those cells"


def _never_closed(lines: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, lines[:10])) + (" and more" if len(lines) > 10 else "")
    return f"a quotation mark is opened and never closed in line {listed}: it was read as part of its cell"


def _encodings(raw: bytes) -> tuple[str, ...]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = raw.rstrip(b"\x00")[:400]
    if len(head) > 3 and head[1::2].count(0) > len(head) // 3:
        return ("utf-16-le",)
    if len(head) > 3 and head[0::2].count(0) > len(head) // 3:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _open_zip(name: str, raw: bytes, folder: str) -> Iterator[Content | Unopened]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = _safe_members(name, archive)
        names = {member.filename for member in members}
        if "mimetype" in names or {"content.xml", "META-INF/manifest.xml"} <= names:
            yield _open_document(name, raw, folder, archive, names)
        elif "[Content_Types].xml" in names:
            if not any(member.startswith("xl/") for member in names):
                raise _not_data(name, _OTHER)
            check_workbook(name, archive, members)
            yield _workbook(Content(name=name, folder=folder, kind="xlsx", raw=raw))
        else:
            for member in members:
                yield from _open_member(name, archive, member)
    except DAMAGE as error:
        raise broken(name, "a whole zip archive or workbook") from error


def _safe_members(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The archive's files, after a check that unpacking them is safe. If a stated size is too small, the reader stops
    at that size and the checksum fails."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS:
        raise _too_big(name, f"{len(members):,} files")
    if not members:
        raise UnreadableFileError(
            expected="a zip of data files", found="an empty zip", where=name, do="Pack the files again."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise _too_big(name, f"{unpacked / 1024**3:.1f} GB unpacked")
    for member in members:
        if member.file_size > max(RATIO_MATTERS_ABOVE, MAX_RATIO * member.compress_size):
            raise _too_big(name, "a member that unpacks to many times its size")
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", member.filename):
            raise UnreadableFileError(
                expected="an archive whose files stay inside it",
                found="a file name that points outside",
                where=name,
                do="Do not use this archive; ask the sender for the files themselves.",
            )
        if member.flag_bits & 1:
            raise _protected(name)
    return members


def _open_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[Content | Unopened]:
    if _IGNORED.search(member.filename):
        return
    inside = f"{name}/{member.filename}"
    try:
        raw = archive.read(member)
        nested = _is_archive(raw)
    except DAMAGE:
        yield Unopened(name=inside, error=broken(inside, "a member of the archive that unpacks"))
        return
    if not nested:
        yield from each_part(inside, raw, name)
        return
    refused = UnreadableFileError(
        expected="data files in the archive",
        found="another archive inside it",
        where=inside,
        do="Unpack the inner archive and give its files.",
    )
    yield Unopened(name=inside, error=refused)


def _is_archive(raw: bytes) -> bool:
    """Whether the file is a zip and not a workbook: an archive inside an archive is refused."""
    if raw[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        return False
    names = set(zipfile.ZipFile(io.BytesIO(raw)).namelist())
    return not names & {"[Content_Types].xml", "content.xml"}


def _open_document(name: str, raw: bytes, folder: str, archive: zipfile.ZipFile, names: set[str]) -> Content:
    kind = archive.read("mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ODS_TYPE
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise _protected(name)
    if not kind.startswith(ODS_TYPE):
        raise _not_data(name, _OTHER)
    check_workbook(name, archive, archive.infolist())
    if "mimetype" not in names:
        raw = _with_mimetype(archive)
    return _workbook(Content(name=name, folder=folder, kind="ods", raw=raw))


def _with_mimetype(archive: zipfile.ZipFile) -> bytes:
    """Add the `mimetype` member that some published ODS files lack and the reader requires."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as repaired:
        repaired.writestr("mimetype", ODS_TYPE)
        for member in archive.infolist():
            repaired.writestr(member.filename, archive.read(member))
    return whole.getvalue()


def _workbook(content: Content) -> Content:
    """The same content, after a check that it opens."""
    if not content.sheets:
        raise broken(content.name, "a workbook with sheets")
    return content


def _protected(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        expected="a file that opens without a password",
        found="one protected by a password",
        where=name,
        do="Remove the password and send the file through a safe channel.",
    )


def _too_big(name: str, found: str) -> UnreadableFileError:
    return UnreadableFileError(
        expected=f"at most {MAX_MEMBERS:,} files and {MAX_UNPACKED_BYTES / 1024**3:.0f} GB, "
        f"packed no tighter than {MAX_RATIO} to 1",
        found=found,
        where=name,
        do="Split it, or give the plain files. If you did not expect a large archive, do not use it.",
    )


def _not_data(name: str, found: str) -> UnreadableFileError:
    return UnreadableFileError(expected=_ACCEPTED, found=found, where=name, do="Save the data itself in one of these.")
