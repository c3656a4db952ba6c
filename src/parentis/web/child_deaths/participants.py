"""Other participants in the case of a death: the child's borough of residence, and its police command."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from parentis import region
from parentis.web.cases.operations import ParticipantStart
from parentis.web.child_deaths.case_types import BOROUGH, POLICE


def command_of(authority: str) -> str:
    """The police command of an authority today; empty where none is known."""
    today = timezone.localdate()
    commands = (one.id for one in region.footprints() if one.kind == "bcu")
    return next((each for each in commands if authority in region.members(each, today)), "")


def participants_of(values: Mapping[str, Any]) -> Sequence[ParticipantStart]:
    """By the borough that is named among a new death's values. Raises UnknownAuthorityError for what is none."""
    home = region.authority(str(values["borough"])).gss
    why = "The child lived there."
    found = [ParticipantStart(role=BOROUGH, place=home, why=why)]
    command = command_of(home)
    if command and values.get("jar") != "none":
        found.append(ParticipantStart(role=POLICE, place=command, why="There is a joint agency response."))
    return found
