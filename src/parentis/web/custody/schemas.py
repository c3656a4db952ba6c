"""The request and response types of the custody API; the fields come from the table in `fields`."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, create_model
from pydantic import Field as Described

from parentis.web.api.schemas import Error
from parentis.web.custody.fields import CODES, FIELDS, Field, Form

MOST_TOGETHER = 100


def _type(field: Field) -> Any:
    if field.form is Form.CODE:
        return Literal[tuple(CODES[field.codes])]
    return {
        Form.TEXT: Annotated[str, Described(max_length=field.longest)],
        Form.AUTHORITY: Annotated[str, Described(max_length=field.longest)],
        Form.DATE: date,
        Form.MOMENT: AwareDatetime,
        Form.MOMENTS: list[AwareDatetime],
        Form.FLAG: bool,
    }[field.form]


def _about(field: Field) -> str:
    codes = "; ".join(f"{code}: {title}" for code, title in CODES.get(field.codes, {}).items())
    kept = " Stored encrypted." if field.is_sealed else ""
    return f"{field.title}.{kept}{f' {codes}.' if codes else ''}"


class Told(Schema):
    """`at` is the moment at which the values were true: of two messages about a field the one with the later moment
    applies, whichever arrives first. Leave out what is not known; null withdraws what was given before."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime = Described(description="When this was true, with its UTC offset.")


if TYPE_CHECKING:

    class News(Told):
        """Every field of the table."""

else:
    News = create_model(
        "CustodyNews",
        __base__=Told,
        __doc__=Told.__doc__,
        **{one.id: (_type(one) | None, Described(None, description=_about(one))) for one in FIELDS},
    )


class Notice(News):
    """A child in a suite. Only the suite, the record and the moment are required."""

    suite: str = Described(description="Code of the suite.", max_length=40)
    record_number: str = Described(description="Custody record number. Stored encrypted.", min_length=1, max_length=60)


class Release(Schema):
    model_config = ConfigDict(extra="forbid")

    release: AwareDatetime = Described(description="When the child was released or taken to court.")


class Withdrawal(Schema):
    model_config = ConfigDict(extra="forbid")

    why: str = Described(
        description="Why notice was given by mistake. The authority that received it sees this: name no child.",
        min_length=3,
        max_length=2000,
    )  # fmt: skip


class Detention(Schema):
    """Where a notice went, and its outcome. Contains nothing about the child."""

    reference: str
    state: str = Described(
        description="sent, desk (the routing desk decides which authority is responsible), acknowledged, ended or "
        "withdrawn."
    )
    authority: str | None = Described(description="ONS code of the authority it was sent to.")
    authority_name: str | None
    rule: str = Described(description="The rule of the routing table that decided.")
    reason: str
    late: list[str] = Described(
        [], description="Fields of this message that were ignored because later values are already stored."
    )


class State(Detention):
    accommodation: str | None
    answer_code: str | None = Described(description="The authority's answer to a request for accommodation.")
    answered_at: AwareDatetime | None


class NoticeIn(Schema):
    """One notice of several."""

    key: str = Described(
        description="The name you choose for this notice, as the header of a single notice.", max_length=100
    )
    notice: dict[str, Any] = Described(description="As the body of a single notice.")


class NoticesIn(Schema):
    notices: list[NoticeIn] = Described(max_length=MOST_TOGETHER)


class Outcome(Schema):
    key: str
    status: int = Described(description="As for a single notice: 201, 409 or 422.")
    detention: Detention | None = None
    error: Error | None = None


class Index(Schema):
    """The index in force now."""

    authority: str
    people: int
    as_of: AwareDatetime
