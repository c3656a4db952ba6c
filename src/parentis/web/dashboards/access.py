"""Permissions to read figures, comment on them, see the state of submissions, and build packs."""

from typing import Any

from django.http import HttpRequest

from parentis.web.people.permissions import About, Action, MenuItem, Route, everyone, to
from parentis.web.people.roles import MEMBERS, Kind


def _of(request: HttpRequest, submission_id: str, **more: Any) -> str:
    from parentis.web.submissions.queries import place_of

    return place_of(request, submission_id, **more)


_ANSWERS = ("analyst", "treasurer", "commissioner")

ACTIONS = (
    Action(
        id="figures.read",
        title="Read figures that have been released to them",
        about=About.NOTHING,
        to=everyone(),
    ),
    Action(
        id="figures.comment",
        title="Comment on an authority's figures before they are released",
        about=About.AUTHORITY,
        to=to(Kind.AUTHORITY, *_ANSWERS, "director", "section-151"),
    ),
    Action(
        id="packs.build",
        title="Create and download evidence packs",
        about=About.NOTHING,
        to=to(tuple(MEMBERS), *_ANSWERS, "improvement-lead") | to(Kind.AUTHORITY, "director", "section-151"),
    ),
    Action(
        id="packs.edit",
        title="Edit, sign and freeze versions of evidence packs",
        about=About.NOTHING,
        to=to(tuple(MEMBERS), *_ANSWERS) | to(Kind.AUTHORITY, "director", "section-151"),
    ),
)

MENU = (
    MenuItem("Figures", "figures", "figures.read", order=10),
    MenuItem("Packs", "packs", "packs.build", order=40),
)


ROUTES: dict[str, Route] = {
    "figures": Route(action="figures.read"),
    "figures-quality": Route(action="submissions.read"),
    "figures-measures": Route(action="figures.read"),
    "figures-page": Route(action="figures.read"),
    "figures-chart": Route(action="figures.read"),
    "figures-csv": Route(action="figures.read", records="exported"),
    "figures-origin": Route(action="figures.read"),
    # Only an authority's own people may see the rows of its return; a publisher's rows are already public.
    "figures-rows": Route(action="submissions.findings", place=_of),
    "figures-published-rows": Route(action="figures.read"),
    "figures-comment": Route(action="figures.comment", place="gss"),
    "packs": Route(action="packs.build"),
    "packs-check": Route(action="packs.build"),
    "packs-version-new": Route(action="packs.edit"),
    "packs-version": Route(action="packs.edit"),
    "packs-version-sign": Route(action="packs.edit"),
    "packs-version-freeze": Route(action="packs.edit"),
    "packs-version-read": Route(action="packs.edit", records="opened"),
    "packs-version-zip": Route(action="packs.edit", records="exported"),
    "packs-one": Route(action="packs.build"),
    "packs-read": Route(action="packs.build", records="opened"),
    "packs-download": Route(action="packs.build", records="exported"),
}
