"""The authority of a postcode, read by every process of the site from one pair of memory-mapped files. A table in each
process would take half a gigabyte to build, and a search without one would add a second to each notice."""

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
    """Postcodes of the installed directory, and in the practice region the invented ones too. None if there are none:
    homes are then not located by postcode, and children on no index go to the desk."""
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
    """Write the files completely or not at all; another process may be writing them at the same time."""
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
    except OSError:  # another process finished first
        shutil.rmtree(folder, ignore_errors=True)


def _opened(kept: Path) -> SortedPostcodes:
    import numpy as np

    return SortedPostcodes(
        np.load(kept / "postcodes.npy", mmap_mode="r"),
        np.load(kept / "places.npy", mmap_mode="r"),
        tuple(json.loads((kept / "codes.json").read_text())),
    )
