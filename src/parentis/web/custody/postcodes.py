"""The authority of a postcode, for every process of the site out of one pair of files that the system shares between
them: a process of its own would take half a gigabyte to make them, and a second for each notice to look without.
"""

import hashlib
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from django.conf import settings

from parentis import workflow
from parentis.services.custody import PostcodeLookup, SortedPostcodes, postcode_lookup
from parentis.web.settings.environment import site_folder


@cache
def postcodes() -> PostcodeLookup | None:
    """Those of the installed directory, on the practice region the invented ones too. None where there are none: then
    no home is known by postcode, and those who are on no index go to the desk."""
    known = workflow.lookups()
    if known.postcodes is None and settings.EXTRA_POSTCODES is None:
        return None
    kept = site_folder() / f"postcodes-{_stamp(known.postcodes)}"
    if not kept.is_dir():
        _make(kept, known)
    return _opened(kept)


def _stamp(source: Path | None) -> str:
    files = [] if source is None else sorted(source.iterdir()) if source.is_dir() else [source]
    told = [(str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in files]
    return hashlib.sha256(f"{told}{settings.EXTRA_POSTCODES is not None}".encode()).hexdigest()[:16]


def _make(kept: Path, known: workflow.Lookups) -> None:
    """Make the files, whole or not at all; another process may be doing the same."""
    import numpy as np
    import polars as pl

    frames = []
    if known.postcodes is not None and (found := known.frames()["postcodes"]) is not None:
        frames.append(found.lazy().select("postcode", "authority"))
    if settings.EXTRA_POSTCODES is not None:
        frames.append(settings.EXTRA_POSTCODES().lazy().select("postcode", "authority"))
    made = postcode_lookup(pl.concat(frames))
    kept.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".new-postcodes", dir=kept.parent))
    np.save(folder / "postcodes.npy", made.postcodes)
    np.save(folder / "places.npy", made.places)
    (folder / "codes.json").write_text(json.dumps(made.codes))
    try:
        folder.rename(kept)
    except OSError:  # another was first
        shutil.rmtree(folder, ignore_errors=True)


def _opened(kept: Path) -> SortedPostcodes:
    import numpy as np

    return SortedPostcodes(
        np.load(kept / "postcodes.npy", mmap_mode="r"),
        np.load(kept / "places.npy", mmap_mode="r"),
        tuple(json.loads((kept / "codes.json").read_text())),
    )
