"""Declaring a kind of case as data: its states, the moves between them, who may make each move, and what stops its
clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from parentis.errors import DeclarationError
from parentis.references import Ref
from parentis.web.cases.fields import Register
from parentis.web.service import web_services

VIEW, EDIT, ERASE = "view", "edit", "erase"
"""Permissions of every case: seeing it; commenting, attaching, assigning and stopping clocks; erasing its values."""

Permissions = Mapping[str, str]
"""Each permission with the id of the action (people/permissions.py) that gives it. Nobody has a permission that is
missing."""

OPENED = "opened"
"The opening of a case, among the steps that must not share a person (`Move.not_by`)."


@dataclass(frozen=True, slots=True)
class State:
    """`closed`: nothing more has to be done, and clocks no longer matter.

    `waits_for`: the permission of the people for whom a case in this state is work at once, whatever its clocks say. A
    state need not name it if a step into the state tells the holders of a permission other than `EDIT` and they take
    the next step: it then waits for them.
    """

    id: str
    title: str
    closed: bool = False
    waits_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step from any of `sources` to `target`, by anyone who has `permission`.

    `hands_over`: the step gives the case another owner (`operations.hand_over`), who is told instead of the former one.
    `requires_reason`: it needs a reason. `tell`: the holders of this permission are told, as well as the person to whom
    the case is assigned. `completes_clocks`: names of the clocks that it stops for good; `restarts_clocks`: of those
    that run on as if not completed. `places`: `(case) -> [(place, name)]`, to which a handing-over step may give the
    case: with it, the step has a page of its own. `apply`: `(case) -> None`, changes the app's own data about the case,
    in the step's transaction.
    """

    id: str
    title: str
    sources: tuple[str, ...]
    target: str
    permission: str = EDIT
    requires_reason: bool = False
    not_by: tuple[str, ...] = ()
    """Ids of steps, or `OPENED`: whoever last took one of them may not take this one. A second person decides."""
    tell: str = ""
    completes_clocks: tuple[str, ...] = ()
    restarts_clocks: tuple[str, ...] = ()
    hands_over: bool = False
    places: Ref | None = None
    apply: Ref | None = None
    reason: str = "Why"
    """The label of the reason's field."""
    help: str = ""
    """Help text for the person who gives the reason."""
    done: str = ""
    """The message shown after the step; if empty, the new state's title."""
    asks: tuple[str, ...] = ()
    """Declared fields that the step needs and stores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """States, the first of which is the initial state, and moves. Checked on declaration."""

    states: tuple[State, ...]
    moves: tuple[Move, ...]

    def __post_init__(self) -> None:
        ids = [one.id for one in self.states]
        named = {state for move in self.moves for state in (*move.sources, move.target)}
        if len(set(ids)) != len(ids) or len({move.id for move in self.moves}) != len(self.moves):
            raise DeclarationError("a state or a move is declared twice")
        if unknown := named - set(ids):
            raise DeclarationError(f"moves from or to {sorted(unknown)}, which are no states")
        steps = {OPENED, *(move.id for move in self.moves)}
        if strange := {step for move in self.moves for step in move.not_by} - steps:
            raise DeclarationError(f"a second person after {sorted(strange)}, which are no moves")
        if cut_off := set(ids) - self._reachable():
            raise DeclarationError(f"no moves lead to {sorted(cut_off)}")
        if stuck := {one.id for one in self.states if not one.closed and not self.moves_from(one.id)}:
            raise DeclarationError(f"no move leads out of {sorted(stuck)}, which are not closed")

    @property
    def initial(self) -> str:
        return self.states[0].id

    def state(self, state_id: str) -> State:
        for one in self.states:
            if one.id == state_id:
                return one
        raise DeclarationError(f"{state_id!r} is no state; there are {[one.id for one in self.states]}")

    def move(self, move_id: str) -> Move:
        for one in self.moves:
            if one.id == move_id:
                return one
        raise DeclarationError(f"{move_id!r} is no move; there are {[one.id for one in self.moves]}")

    def moves_from(self, state_id: str) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if state_id in move.sources)

    def waits_for(self, state_id: str) -> tuple[str, ...]:
        """The permissions of those for whom a case in this state is work at once."""
        state = self.state(state_id)
        if state.waits_for or state.closed:
            return tuple(filter(None, [state.waits_for]))
        told = {move.tell for move in self.moves if move.target == state_id and move.tell not in {"", EDIT}}
        return tuple(sorted(told & {move.permission for move in self.moves_from(state_id)}))

    def _reachable(self) -> set[str]:
        found, new = set(), {self.initial}
        while new:
            found |= new
            new = {move.target for state in new for move in self.moves_from(state)} - found
        return found


@dataclass(frozen=True, slots=True)
class ParticipantRole:
    """The capacity in which a place other than the owner takes part in a case, and what it may do there.

    The place is an authority or a footprint if the actions are about one, and otherwise the slug of an organisation.
    """

    id: str
    title: str
    permissions: Permissions

    def __post_init__(self) -> None:
        if not self.permissions:
            raise DeclarationError(f"participant role {self.id} may do nothing: leave it out")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseType:
    """A kind of case.

    A case belongs to a place: an authority, or a footprint (such as a police command). `permissions` maps each
    permission to the action that gives it for cases of an authority, and `of_footprint` for cases of a footprint, if
    there are any; who has a permission depends on the place (module `permissions`). `detail_url` is the URL name of a
    case's page, which takes its `pk`. `erase` erases the app's own data about a case, in the transaction that erases
    the case."""

    id: str
    title: str
    machine: Machine
    permissions: Permissions
    detail_url: str
    of_footprint: Permissions = field(default_factory=dict)
    list_url: str = ""
    """URL name of the page that lists the cases a reader may see."""
    participant_roles: tuple[ParticipantRole, ...] = ()
    """The roles in which other places may take part; each case records which places do (`CaseParticipant`)."""
    stop_reasons: Mapping[str, str] = field(default_factory=dict)
    "Why a clock may be stopped: code to title."
    comment_types: Mapping[str, str] = field(default_factory=lambda: {"commented": "Comment"})
    """Sorts of comment: the entry's `what` to its title."""
    comment_by: tuple[str, ...] = (EDIT,)
    "The permissions of those who may comment."
    entry_titles: Mapping[str, str] = field(default_factory=dict)
    """Other entries of its history, written only by its app: the entry's `what` to its title."""
    erase: Ref | None = None
    """`(case) -> None`: erases the app's own data about a case."""
    verify: Ref | None = None
    """`(case)`: checks the app's own data about a case against its history; IntegrityError where it differs."""
    register: Register | None = None
    """Its declared fields, and the pages made from them."""
    notify_filter: Ref | None = None
    """`(case, people) -> people`: which of those who may act are to be told now; everybody if it is not set."""

    def role(self, role_id: str) -> ParticipantRole:
        for one in self.participant_roles:
            if one.id == role_id:
                return one
        raise DeclarationError(
            f"{role_id!r} is no participant role of {self.id}; there are {[one.id for one in self.participant_roles]}"
        )

    def action(self, permission: str, *, of_authority: bool) -> str | None:
        """The action that gives a permission for a case of an authority, or of a footprint."""
        return (self.permissions if of_authority else self.of_footprint).get(permission)


@cache
def case_types() -> Mapping[str, CaseType]:
    """Every kind of case by id, as declared by the web services; each permission must name an existing action."""
    from parentis.web.people.permissions import actions

    found: dict[str, CaseType] = {}
    for service in web_services().values():
        for kind in service.case_types.resolve() if service.case_types else ():
            if kind.id in found:
                raise DeclarationError(f"kind of case {kind.id} is declared twice")
            for action in (*kind.permissions.values(), *kind.of_footprint.values(), *_of_participant_roles(kind)):
                if action not in actions():
                    raise DeclarationError(f"kind of case {kind.id} needs {action!r}, which is no action")
            for role in kind.participant_roles:
                if len({actions()[action].about for action in role.permissions.values()}) != 1:
                    raise DeclarationError(f"role {role.id} of {kind.id}: its actions are about several things")
            _check_register(kind)
            _check_waits(kind)
            found[kind.id] = kind
    return found


def _check_waits(kind: CaseType) -> None:
    """Check that somebody can have the permission that a state waits for."""
    known = {
        *kind.permissions,
        *kind.of_footprint,
        *(one for role in kind.participant_roles for one in role.permissions),
    }
    for state in kind.machine.states:
        if state.waits_for and state.waits_for not in known:
            raise DeclarationError(
                f"kind of case {kind.id}: {state.id} waits for {state.waits_for!r}, which nobody has"
            )


def enclaves() -> Mapping[str, tuple[str, ...]]:
    """Enclaves with a key of their own, each with the kinds of case that it encrypts."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, one in case_types().items():
        name = one.register.enclave if one.register else ""
        if name:
            found[name] = (*found.get(name, ()), kind)
    return dict(sorted(found.items()))


def _check_register(kind: CaseType) -> None:
    """Check that a kind and its register are consistent."""
    register = kind.register
    asked = {name for move in kind.machine.moves for name in move.asks}
    if register is None:
        if asked:
            raise DeclarationError(f"kind of case {kind.id}: a move asks for {sorted(asked)}, and no field is declared")
        return
    for name in asked:
        register.field(name)
    permissions = {
        *kind.permissions,
        *kind.of_footprint,
        *(permission for role in kind.participant_roles for permission in role.permissions),
    }
    wanted = {one.readers for one in register.fields if one.readers} | {
        one.permission for one in register.edits if one.permission
    }
    if unknown := wanted - permissions:
        raise DeclarationError(f"kind of case {kind.id}: no action allows {sorted(unknown)}")
    for state in (
        *(register.meetings.states if register.meetings else ()),
        *(state for edit in register.edits for state in edit.states),
    ):
        kind.machine.state(state)
    if register.comments and register.comments not in kind.comment_types:
        raise DeclarationError(f"kind of case {kind.id}: {register.comments!r} is nothing that is said of it")


def _of_participant_roles(kind: CaseType) -> tuple[str, ...]:
    return tuple(action for role in kind.participant_roles for action in role.permissions.values())
