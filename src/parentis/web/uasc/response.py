"""Where each authority stands with a year's survey."""

from dataclasses import dataclass

import polars as pl

from parentis import region
from parentis.web.people.models import Organisation
from parentis.web.submissions.queries import of_authorities
from parentis.web.uasc.models import Draft, Reminder, Round
from parentis.web.uasc.operations import who_answers
from parentis.web.uasc.questions import SURVEY


@dataclass(frozen=True, slots=True)
class ResponseStatus:
    """`text` and the tag's colour; `answered` once something was handed in and not rejected."""

    text: str
    colour: str
    answered: bool = False


NOTHING, BEGUN = ResponseStatus("not started", "grey"), ResponseStatus("begun", "light-blue")
_OF_STATUS = {
    "received": ResponseStatus("submitted", "yellow", answered=True),
    "checked": ResponseStatus("awaiting signature", "yellow", answered=True),
    "rejected": ResponseStatus("rejected", "red"),
}
SIGNED, PROVISIONAL = (
    ResponseStatus("accepted", "green", answered=True),
    ResponseStatus("signed by one person", "blue", answered=True),
)


def response_status(gss: str, period: str) -> ResponseStatus:
    """One authority's."""
    return response_statuses([gss], period)[gss]


def response_statuses(authorities: list[str], period: str) -> dict[str, ResponseStatus]:
    """Of each authority: its latest submission, else its draft."""
    held = of_authorities(authorities).filter(pl.col("return_id") == SURVEY, pl.col("period") == period)
    latest = held.unique("submitter", keep="first", maintain_order=True)
    begun = set(Draft.objects.filter(period=period, authority__in=authorities).values_list("authority", flat=True))
    found = {gss: BEGUN if gss in begun else NOTHING for gss in authorities}
    for row in latest.iter_rows(named=True):
        accepted = PROVISIONAL if row["provisional"] else SIGNED
        found[row["submitter"]] = accepted if row["status"] == "accepted" else _OF_STATUS.get(row["status"], NOTHING)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    gss: str
    name: str
    standing: ResponseStatus
    people: int
    reminded: object
    slug: str = ""
    "Of the authority's organisation; '' where it has none yet."


def lines(round_: Round, authorities: list[str]) -> list[Line]:
    """One line an authority of a round, by name."""
    known = response_statuses(authorities, str(round_.period))
    organisations = dict(Organisation.objects.filter(authority__in=authorities).values_list("authority", "slug"))
    last = {one.authority: one.on for one in Reminder.objects.filter(round=round_).order_by("on")}
    return sorted(
        (
            Line(
                gss,
                region.authority(gss).name,
                known[gss],
                len(who_answers(gss)),
                last.get(gss),
                organisations.get(gss, ""),
            )
            for gss in authorities
        ),
        key=lambda one: one.name,
    )
