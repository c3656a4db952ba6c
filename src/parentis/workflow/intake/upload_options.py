"""The options of a person who hands in files. They are stored with the bytes, so that a crash loses none of them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import TypeAlias

from parentis import region
from parentis.errors import RefusedError
from parentis.returns import Return, the_return

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (stage, steps done, steps in all): `stored`, `received`, `read`, `checked`, `loaded`, `accepted`. A
stage may say what it is at: `built: Placement demand`."""


def silent(stage: str, done: int, of: int) -> None:
    """Progress callback that does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOptions:
    """`authority` is a GSS code, `period` a label; None means that it is taken from the files."""

    who: str
    accept: bool = False
    authority: str | None = None
    period: str | None = None
    return_id: str | None = None
    publishes: bool = True
    "Whether they may publish for the region: else a publisher's file among the files is refused."
    made_here: bool = False
    "Whether the site made it from its own records, so that no second person is asked."
    part: str | None = None
    "Set when a submission was split off from files that held several."
    split_from: str | None = None

    def kept(self) -> dict[str, str | bool | None]:
        return asdict(self)


def upload_options(
    *,
    who: str,
    accept: bool = False,
    authority: str | None = None,
    period: str | None = None,
    return_id: str | None = None,
    publishes: bool = True,
    made_here: bool = False,
) -> UploadOptions:
    """An intent from what a person typed. Unknown authorities, periods and returns are refused here, before
    anything is stored."""
    if return_id is not None:
        refuse_unkept(the_return(return_id))
        spec = the_return(return_id).spec
        if period is not None:
            spec.at(region.parse_period(period).label)
    return UploadOptions(
        who=who,
        accept=accept,
        authority=None if authority is None else region.authority(authority).gss,
        period=None if period is None else region.parse_period(period).label,
        return_id=return_id,
        publishes=publishes,
        made_here=made_here,
    )


def refuse_unkept(declared: Return) -> None:
    """Raises RefusedError for a return that may not be stored here; the error says where to hand it in instead."""
    if declared.handed_to:
        raise RefusedError(
            expected="a return that may be stored in the archive and the lake",
            found=declared.spec.title,
            where=declared.id,
            do=f"Hand it to {declared.handed_to}.",
        )


def restored(kept: Mapping[str, str | bool | None]) -> UploadOptions:
    """The intent stored with the bytes."""
    known = {field.name for field in fields(UploadOptions)}
    return UploadOptions(**{name: value for name, value in kept.items() if name in known})  # type: ignore[arg-type]
