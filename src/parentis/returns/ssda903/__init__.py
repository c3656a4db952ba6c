"""The looked-after children return (SSDA903)."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.ssda903.in_year import known_to, known_until
from parentis.returns.ssda903.inference import align, complete, infer_period, misdated, workers
from parentis.returns.ssda903.spec import SPEC
from parentis.returns.ssda903.xml_form import XML_FORM

if TYPE_CHECKING:
    import polars as pl


def rule_changes(year: str) -> "pl.DataFrame":
    """What changed in the rules and codes in `year` and after; see `rules.changes.changes_frame`."""
    from parentis.returns.ssda903.rules import changes

    return changes.changes_frame(year)


def read_providers(paths: "Iterable[Path | str]") -> "pl.DataFrame":
    """The register of providers in which rules look up URNs; see `providers.read_providers`."""
    from parentis.returns.ssda903 import providers

    return providers.read_providers(paths)


def read_postcodes(path: "Path | str", cache: "Path | None" = None) -> "pl.LazyFrame":
    """Postcodes with their grid reference and authority; see `postcodes.read_postcodes`."""
    from parentis.returns.ssda903 import postcodes

    return postcodes.read_postcodes(path, cache)


def installed_postcodes() -> "Path | None":
    """Where the extra `postcodes` keeps its data, if it is installed; see `postcodes.installed_postcodes`."""
    from parentis.returns.ssda903 import postcodes

    return postcodes.installed_postcodes()


RETURNS = (
    Return(
        spec=SPEC,
        submitter="authority",
        period_kind="collection-year",
        readers=(XML_FORM,),
        xml=Ref("parentis.returns.ssda903.xml_output:XML_FORM"),
        infer_period=infer_period,
        complete=complete,
        exported=True,
        align=align,
        misdated=misdated,
        known_to=known_to,
        first_rules="2022-23",
        check_together=Ref("parentis.returns.ssda903.rules.check:check"),
        rules=Ref("parentis.returns.ssda903.rules:every_rule"),
        changes_of=Ref("parentis.returns.ssda903.rules.changes:changes_of"),
        workers=workers,
        keep_years=16,  # fifteen years of care histories, and the current year
    ),
)

__all__ = ["RETURNS", "SPEC", "installed_postcodes", "known_until", "read_postcodes", "read_providers", "rule_changes"]
