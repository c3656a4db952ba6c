"""The type of a file, detected from its bytes and not its name; only types that a browser will not run are accepted."""

import io
import zipfile
from collections.abc import Callable

from parentis.errors import UserError

LARGEST = 10 * 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}
TAKEN = "PDF, Word or Excel without macros, PNG, JPEG, or plain text (CSV)"


class AttachmentError(UserError):
    """A file that is not accepted."""


def media_type_of(name: str, data: bytes) -> str:
    """The media type of a file; raises AttachmentError where it is empty, too large, or of a type that is not
    accepted."""
    check_size(len(data))
    for media_type, is_it in SNIFFERS:
        if is_it(data):
            return "text/csv" if media_type == "text/plain" and name.lower().endswith(".csv") else media_type
    raise AttachmentError(expected=TAKEN, found="something else", where="the file", do=f"Save it as {TAKEN}.")


def check_size(size: int) -> None:
    """Raise AttachmentError for an empty file, and for more than LARGEST bytes: checked before a file is read at
    all."""
    if not 0 < size <= LARGEST:
        raise AttachmentError(
            expected=f"a file of up to {LARGEST // 1024 // 1024} MB",
            found=f"{size / 1024 / 1024:.1f} MB" if size else "an empty one",
            where="the file",
            do=f"Choose a file that is not empty and no larger than {LARGEST // 1024 // 1024} MB.",
        )


def _starts(start: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(start)


def _office(folder: str) -> Callable[[bytes], bool]:
    def is_it(data: bytes) -> bool:
        if not data.startswith(b"PK\x03\x04"):
            return False
        try:
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        except zipfile.BadZipFile:
            return False
        whole = "[Content_Types].xml" in names and any(name.startswith(folder) for name in names)
        return whole and not any(name.lower().endswith("vbaproject.bin") for name in names)

    return is_it


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    opening = text.lstrip()[:200].lower()
    return not TEXT_CONTROLS.intersection(map(ord, text)) and not opening.startswith(("<", "%!", "{\\rtf"))


SNIFFERS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("application/pdf", _starts(b"%PDF-")),
    ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", _starts(b"\xff\xd8\xff")),
    (OFFICE + "wordprocessingml.document", _office("word/")),
    (OFFICE + "spreadsheetml.sheet", _office("xl/")),
    ("text/plain", _is_text),
)
