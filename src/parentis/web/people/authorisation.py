"""The single point of authorisation. A person may act where one of their roles may, in an organisation that covers
it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

from parentis.errors import DeclarationError
from parentis.web.people.models import Membership, Organisation
from parentis.web.people.permissions import About, Action, actions
from parentis.web.people.roles import MEMBERS, NO_DATA, Kind

if TYPE_CHECKING:
    from parentis.figures import Viewer


def memberships(person: Any) -> tuple[Membership, ...]:
    """The roles a person holds; none for anyone who is not signed in or no longer active. Read once a request."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return ()
    held: tuple[Membership, ...] = person.current_memberships
    return held


def may(person: Any, action: str, *, authority: str | None = None, organisation: Organisation | None = None) -> bool:
    """Whether `person` may do `action`, to the authority (ONS code) or organisation that the action is about.

    An action about an authority must be told which: leaving it out is a mistake in the code, not a permission."""
    asked = _action(action)
    needed = {About.AUTHORITY: authority is not None, About.ORGANISATION: organisation is not None}
    if not needed.get(asked.about, authority is None and organisation is None):
        raise DeclarationError(f"action {action} is about {asked.about}: say which, and nothing else")
    return any(_reaches(held, authority, organisation) for held in _holding(person, asked))


def require(
    person: Any, action: str, *, authority: str | None = None, organisation: Organisation | None = None
) -> None:
    """Raise PermissionDenied unless `person` may."""
    if not may(person, action, authority=authority, organisation=organisation):
        raise PermissionDenied(action)


def holds(person: Any, action: str) -> bool:
    """Whether `person` may do `action` to anything at all: for menus and pages that list what they may see."""
    return bool(_holding(person, _action(action)))


def authorities_for(person: Any, action: str) -> frozenset[str]:
    """ONS codes of the authorities to which `person` may do `action`."""
    return frozenset().union(*(held.organisation.authorities() for held in _holding(person, _action(action))))


def organisations_for(person: Any, action: str) -> list[Organisation]:
    """The organisations to which `person` may do `action`, by name."""
    held = _holding(person, _action(action))
    if any(Kind(one.organisation.kind) is Kind.REGION for one in held):
        return list(Organisation.objects.all())
    return sorted({one.organisation for one in held}, key=lambda one: one.name)


def viewer(person: Any) -> "Viewer":
    """The audience for `figures.release`: a member with their own authorities, or the public."""
    from parentis.figures import Viewer

    held = [
        one.organisation
        for one in memberships(person)
        if Kind(one.organisation.kind) in MEMBERS and one.role not in NO_DATA
    ]
    own = [one.authority for one in held if one.authority]
    return Viewer.members(*own) if held else Viewer.public()


def _action(action: str) -> Action:
    try:
        return actions()[action]
    except KeyError:
        raise DeclarationError(f"{action!r} is no action") from None


def _holding(person: Any, action: Action) -> list[Membership]:
    return [one for one in memberships(person) if (Kind(one.organisation.kind), one.role) in action.to]


def _reaches(held: Membership, authority: str | None, organisation: Organisation | None) -> bool:
    if authority is not None:
        return authority in held.organisation.authorities()
    if organisation is not None:
        return held.organisation == organisation or Kind(held.organisation.kind) is Kind.REGION
    return True
