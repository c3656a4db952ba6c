"""The hashes of a pack's files, and the one hash that stands for all of them."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from parentis.errors import UserError

MANIFEST = "manifest.sha256"


def manifest(contents: Mapping[str, bytes]) -> bytes:
    """A line a file, as `sha256sum --check` reads it: hash, two spaces, name."""
    return "".join(f"{_hash(data)}  {name}\n" for name, data in sorted(contents.items()) if name != MANIFEST).encode()


def fingerprint(contents: Mapping[str, bytes]) -> str:
    """The pack's own hash: SHA-256 of its manifest, made anew from its files."""
    return _hash(manifest(contents))


def verify(path: Path, expected: str = "") -> str:
    """The hash of the pack in a folder or zip. Refuses one whose files are not those of its manifest, or whose hash is
    not `expected`."""
    contents = _contents(path)
    told = contents.get(MANIFEST, b"").decode(errors="replace")
    if not told:
        raise UserError(
            expected=f"a pack: a folder or zip with {MANIFEST}", found="none", where=str(path), do="Give a pack."
        )
    lines = (line.partition("  ") for line in told.splitlines())
    listed = {name: sha256 for sha256, _, name in lines}
    made = {name: _hash(data) for name, data in contents.items() if name != MANIFEST}
    wrong = sorted(name for name in {*listed, *made} if listed.get(name) != made.get(name))
    if wrong:
        raise UserError(
            expected="the files as they were frozen",
            found=f"{len(wrong)} changed, added or missing: {', '.join(wrong[:5])}{' …' if len(wrong) > 5 else ''}",
            where=str(path),
            do="Take the pack from where it was frozen.",
        )
    found = fingerprint(contents)
    if expected and found != expected.strip().lower():
        raise UserError(
            expected=f"the version {expected}",
            found=f"another, {found}",
            where=str(path),
            do="Check that it is the version you mean; take it from where it was frozen.",
        )
    return found


def _contents(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    try:
        with zipfile.ZipFile(path) as held:
            return {one: held.read(one) for one in held.namelist() if not one.endswith("/")}
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(
            expected="a folder or a zip file of a pack",
            found=type(error).__name__,
            where=str(path),
            do="Give the folder or the zip as it was downloaded.",
        ) from error


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
