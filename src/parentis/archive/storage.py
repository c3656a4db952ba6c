"""Errors of a disk that cannot be written, as a sentence, so that the user frees space and does not suspect a bug."""

import errno
import os
import re

from parentis.archive.home import Home
from parentis.errors import StorageError

WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this account's share of the disk is used up",
    errno.EFBIG: "a file would become larger than this account may write",
    errno.EROFS: "it can only be read",
    errno.EACCES: "this account may not write there",
    errno.EPERM: "this account may not write there",
    errno.EIO: "the disk fails",
}
_IN_WORDS = re.compile(r"os error (\d+)")
"How the lake's library tells of it."


def storage_error(home: Home, error: BaseException) -> StorageError | None:
    """The sentence for an error caused by the home's disk; None for any other error."""
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (found := _IN_WORDS.search(str(error))):
        number = int(found[1])
    if number not in WHY:
        return None
    return StorageError(
        f"{home.path}: {WHY[number]} ({os.strerror(number)}). What was accepted is as it was, and what was stored is "
        "kept. Put that right, and give the command again: it begins by finishing what was left."
    )
