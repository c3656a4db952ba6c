"""The home: one folder, `PARENTIS_HOME`, in which everything is stored."""

import os
from dataclasses import dataclass
from pathlib import Path

from parentis.errors import NotFoundError

HOME_VARIABLE = "PARENTIS_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one installation. docs/archive-and-lake.md shows its layout."""

    path: Path

    def __post_init__(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise NotFoundError(
                expected="a folder", found="a file", where=str(self.path), do=f"Set {HOME_VARIABLE} to a folder."
            )

    @property
    def archive(self) -> Path:
        """Encrypted bytes, one folder per submission."""
        return self.path / "archive"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def register(self) -> Path:
        """Delta table of submission events."""
        return self.path / "register"

    @property
    def register_head(self) -> Path:
        """The register's last entry, authenticated with its key, so that a truncated register is detected."""
        return self.path / "register.head"

    @property
    def lake(self) -> Path:
        """Delta tables `return/table`, every load that was ever accepted and not erased."""
        return self.path / "lake"

    @property
    def figures(self) -> Path:
        """The output of services, one folder per build, and the Delta table that says which build is shown."""
        return self.path / "figures"

    @property
    def current(self) -> Path:
        """Plain Delta tables for Power BI, Fabric and Databricks: what is visible now."""
        return self.path / "current"

    @property
    def cache(self) -> Path:
        """Sealed results that are slow to compute and can be computed again. Every erasure empties it."""
        return self.path / "cache"

    @property
    def set_aside(self) -> Path:
        """Files that could not be read and stopped the work."""
        return self.path / "set-aside"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def pending(self) -> Path:
        """The loads being written now; left behind only by a process that was killed."""
        return self.path / "pending.json"

    @property
    def attempts(self) -> Path:
        """The submissions being processed now, with the number of attempts; left behind only as `pending` is."""
        return self.path / "attempts.json"


def find_home(path: Path | str | None = None) -> Home:
    """The home at `path`, else at `PARENTIS_HOME`, else in the platform's user data folder."""
    if path is None:
        path = os.environ.get(HOME_VARIABLE) or None
    if path is None:
        import platformdirs

        path = platformdirs.user_data_dir("parentis")
    return Home(Path(path).expanduser().absolute())
