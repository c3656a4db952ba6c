"""The look-up tables of rules: postcodes and the register of providers, given or configured."""

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
    """The paths of the tables: paths, not frames, so that they can be sent to another process or machine."""

    postcodes: Path | None = None
    providers: tuple[Path, ...] = ()

    def frames(self) -> Mapping[str, "pl.LazyFrame | pl.DataFrame | None"]:
        """`postcodes` and `providers` in the form the rules need, None if there is none.

        Raises `UnreadableFileError` for a file of the wrong kind.
        """
        from parentis.returns import ssda903  # the readers are imported only when something is checked

        return {
            "postcodes": ssda903.read_postcodes(self.postcodes) if self.postcodes else None,
            "providers": ssda903.read_providers(self.providers) if self.providers else None,
        }


def lookups(postcodes: Path | None = None, providers: Sequence[Path] = ()) -> Lookups:
    """The given paths; else those in the environment; else, for postcodes, the package of the extra `postcodes`."""
    from parentis.returns import ssda903

    named = [Path(part) for part in os.environ.get(PROVIDERS, "").split(os.pathsep) if part]
    configured = Path(os.environ[POSTCODES]) if os.environ.get(POSTCODES) else ssda903.installed_postcodes()
    return Lookups(postcodes or configured, tuple(providers) or tuple(named))


def kept_providers(home: "Home") -> pl.DataFrame | None:
    """The submitted lists of providers, concatenated, with the columns they have; None if there are none."""
    from parentis import lake

    kept = lake.read(home, PROVIDER_LISTS).collect()
    if not kept.height:
        return None
    return kept.select(
        pl.col(own).alias(name) for name, own in REGISTER.items() if kept[own].null_count() < kept.height
    )
