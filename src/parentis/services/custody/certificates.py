"""The certificate a custody officer gives the court when a child was not moved to local authority accommodation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from parentis.errors import RefusedError
from parentis.region import LONDON
from parentis.services.custody.duty_settings import Settings, settings

IMPRACTICABLE, SERIOUS_HARM = "impracticable", "serious harm"

GROUNDS: Final[Mapping[str, str]] = {
    IMPRACTICABLE: "it was impracticable to move the child, for the reasons given below (section 38(6)(a))",
    SERIOUS_HARM: "no secure accommodation was available, and keeping the child in other accommodation of the "
    "authority would not have been adequate to protect the public from serious harm from the child (section 38(6)(b))",
}
"""The two lawful grounds: code to words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What the certificate states. Times are timezone-aware."""

    custody_record: str
    child: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    court: str
    authority: str
    """Name of the authority that was asked, or would have been asked."""
    bail_refused_at: datetime
    ground: str
    "A code of `GROUNDS`."
    reasons: str = field(repr=False)
    requested_at: datetime | None = None
    secure: bool = False
    answered_at: datetime | None = None
    answer: str = ""
    officer: str
    signed_at: datetime


def certificate(record: Certificate, *, rules: Settings | None = None) -> str:
    """The text of the certificate under section 38(7), for an officer to read and sign.

    Raises `RefusedError` where the ground or the reasons are missing, or the child is too young for the ground.
    """
    _must_stand(record, rules or settings())
    lines = [
        "CERTIFICATE UNDER SECTION 38(7) OF THE POLICE AND CRIMINAL EVIDENCE ACT 1984",
        "",
        f"Custody record: {record.custody_record}",
        f"Child: {record.child}, born {_day(record.date_of_birth)}",
        f"To: {record.court}",
        "",
        f"Bail was refused after charge at {_time(record.bail_refused_at)}.",
        _request(record),
        *([_answer(record)] if record.requested_at else []),
        "",
        f"I certify that the child was not moved to local authority accommodation because {GROUNDS[record.ground]}.",
        "",
        f"Reasons: {record.reasons.strip()}",
        "",
        f"Custody officer: {record.officer}",
        f"Signed at {_time(record.signed_at)}",
    ]
    return "\n".join(lines) + "\n"


def _must_stand(record: Certificate, rules: Settings) -> None:
    where = f"certificate of custody record {record.custody_record}"
    if record.ground not in GROUNDS:
        raise RefusedError(
            expected=f"one of the grounds {', '.join(GROUNDS)}",
            found="another",
            where=where,
            do="Section 38(6) knows no other ground.",
        )
    if not record.reasons.strip():
        raise RefusedError(
            expected="the reasons", found="none", where=where, do="Write what made it so: the court reads it."
        )
    on = record.bail_refused_at.astimezone(LONDON).date()
    born = record.date_of_birth
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if record.ground == SERIOUS_HARM and not rules.serious_harm_applies(age):
        raise RefusedError(
            expected=f"a child of {rules.serious_harm_age} or older for this ground",
            found="a younger one",
            where=where,
            do="Ask the authority to accommodate the child: s.38(6)(b) does not reach this age.",
        )


def _request(record: Certificate) -> str:
    if record.requested_at is None:
        return f"{record.authority} was not asked for accommodation."
    kind = "secure" if record.secure else "other than secure"
    return f"{record.authority} was asked for accommodation, {kind}, at {_time(record.requested_at)}."


def _answer(record: Certificate) -> str:
    if record.answered_at is None:
        return "It had not answered when this was signed."
    return f"It answered at {_time(record.answered_at)}: {record.answer.strip()}."


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(LONDON):%H:%M} on {_day(instant.astimezone(LONDON).date())}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
