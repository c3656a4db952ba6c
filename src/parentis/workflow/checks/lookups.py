"""The tables that rules look things up in: postcodes and the register of providers, given or configured."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from parentis.archive import Home

PROVIDER_LISTS = "placements.providers/providers"
REGISTER = {
    "URN": "URN", "REG_END": "REG_END", "PLACE_CODES": "PLACE_CODES", "PROVIDER_CODES": "PROVIDER_CODES",
    "LA_CODE_INFERRED": "DFE_NUMBER", "POSTCODE": "SETTING_POSTCODE",
}  # fmt: skip
"What rules look up in a list of providers, and what a list that was submitted calls it."

POSTCODES, PROVIDERS = "PARENTIS_POSTCODES", "PARENTIS_PROVIDERS"
"Environment variables: a file of postcodes; files of providers, with the platform's path separator between."


@dataclass(frozen=True, slots=True)
class Lookups:
    """Where the tables are. A path and not a frame, so that it can be sent to another process or machine."""

    postcodes: Path | None = None
    providers: tuple[Path, ...] = ()

    def frames(self) -> Mapping[str, "pl.LazyFrame | pl.DataFrame | None"]:
        """`postcodes` and `providers` as the rules want them, None where there is none.

        Raises `UnreadableFileError` for a file that is not what it should be.
        """
        from parentis.returns import ssda903  # the readers are loaded when something is checked, not before

        return {
            "postcodes": ssda903.read_postcodes(self.postcodes) if self.postcodes else None,
            "providers": ssda903.read_providers(self.providers) if self.providers else None,
        }


def lookups(postcodes: Path | None = None, providers: Sequence[Path] = ()) -> Lookups:
    """What was given; else what the environment names; else, for postcodes, the package of the extra `postcodes`."""
    from parentis.returns import ssda903

    named = [Path(part) for part in os.environ.get(PROVIDERS, "").split(os.pathsep) if part]
    configured = Path(os.environ[POSTCODES]) if os.environ.get(POSTCODES) else ssda903.installed_postcodes()
    return Lookups(postcodes or configured, tuple(providers) or tuple(named))


def kept_providers(home: "Home") -> pl.DataFrame | None:
    """The lists of providers that were submitted, one under the other, with the columns they have; None without."""
    from parentis import lake

    kept = lake.read(home, PROVIDER_LISTS).collect()
    if not kept.height:
        return None
    return kept.select(
        pl.col(own).alias(name) for name, own in REGISTER.items() if kept[own].null_count() < kept.height
    )
