"""Which code made a figure: the release, and a digest of the very source files that ran."""

from functools import cache
from pathlib import Path

VERSION = "0.1.0"


@cache
def code_version() -> str:
    """The release and the first twelve hex digits of a SHA-256 over the package's source files.

    A digest of the files holds for a wheel and for a checkout with uncommitted changes alike, which a
    commit id does not.
    """
    import hashlib  # every command reads the release, few the digest

    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.suffix in {".py", ".csv", ".html", ".css", ".toml"} and path.is_file():
            digest.update(path.relative_to(package).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{VERSION}+{digest.hexdigest()[:12]}"
