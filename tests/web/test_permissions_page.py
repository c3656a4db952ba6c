"""docs/permissions.md says what the permission data say, and the data hold together."""

from pathlib import Path

import pytest

from parentis.errors import DeclarationError
from parentis.web.people.matrix import document
from parentis.web.people.permissions import About, Open, actions, routes, to
from parentis.web.people.roles import ROLE_BY_ID, ROLES, Kind, roles_of

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


@pytest.mark.unit
def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run: python script/permissions_page.py"


@pytest.mark.unit
def test_every_action_is_done_by_some_page_or_command_and_by_somebody() -> None:
    used = {route.action for route in routes().values()}
    assert {action.id for action in actions().values() if not action.to} == set()
    assert {route for route in used if not isinstance(route, Open)} <= set(actions())


@pytest.mark.unit
def test_a_page_about_no_place_has_no_place() -> None:
    for name, route in routes().items():
        if isinstance(route.action, Open) or actions()[route.action].about is About.NOTHING:
            assert not route.place, name


@pytest.mark.unit
def test_roles_are_told_apart_and_every_kind_has_an_administrator() -> None:
    assert len(ROLE_BY_ID) == len(ROLES) == len({role.title for role in ROLES})
    assert all("administrator" in {role.id for role in roles_of(kind)} for kind in Kind)


@pytest.mark.unit
@pytest.mark.parametrize("role", ["custody-officer", "king"])
def test_a_permission_to_a_role_nobody_can_hold_is_refused_at_once(role: str) -> None:
    with pytest.raises(DeclarationError):
        to(Kind.AUTHORITY, role)
