"""Making docs/permissions.md from the permission data: who may do what, and which page does it."""

from collections.abc import Iterator

from parentis.web.people.permissions import About, Action, Open, Route, actions, routes
from parentis.web.people.roles import KIND_TITLES, ROLES, Kind

ABOUT = {
    About.NOTHING: "",
    About.AUTHORITY: "one authority",
    About.ORGANISATION: "one organisation",
}
OPEN = {
    Open.PUBLIC: "anybody",
    Open.SIGNED_IN: "anybody signed in, about themselves",
    Open.CLOSED: "nobody: a page of a library that is not used here",
}

INTRODUCTION = """\
Somebody holds *roles* in *organisations*. A role allows *actions*. An action on one authority's things is allowed
only through an organisation that has this authority: an authority has itself, the regional team has the region's,
the police and a child death review partnership have those of their footprint. An action on an organisation's people
is allowed in one's own, and to the regional team in every one. What no line allows is refused, and a page without a
line opens to nobody."""


def document() -> str:
    """The whole page as Markdown."""
    return "\n".join([*_introduction(), *_roles(), *_actions(), *_pages()]) + "\n"


def _introduction() -> Iterator[str]:
    yield "# Permissions"
    yield ""
    yield "<!-- Made by `script/permissions_page.py` from the `access` modules: edit those. -->"
    yield ""
    yield INTRODUCTION
    yield ""


def _roles() -> Iterator[str]:
    yield "## Roles"
    yield ""
    yield "| role | what they do | held in |"
    yield "|---|---|---|"
    for role in ROLES:
        kinds = "every organisation" if role.kinds == frozenset(Kind) else _kinds(role.kinds)
        yield f"| {role.title} | {role.what} | {kinds} |"
    yield ""


def _actions() -> Iterator[str]:
    yield "## Who may do what"
    yield ""
    yield "*Child level*: it shows or changes records of single children, and each view of it is on the audit record."
    yield ""
    yield "| action | id | of | child level | who |"
    yield "|---|---|---|---|---|"
    for action in sorted(actions().values(), key=lambda one: one.id):
        level = "yes" if action.child_level else ""
        yield f"| {action.title} | `{action.id}` | {ABOUT[action.about]} | {level} | {_holders(action)} |"
    yield ""


def _pages() -> Iterator[str]:
    yield "## Pages"
    yield ""
    yield "| page | what it needs | recorded |"
    yield "|---|---|---|"
    for name, route in sorted(routes().items()):
        yield f"| `{name}` | {_need(route)} | {_recorded(route)} |"


def _need(route: Route) -> str:
    if isinstance(route.action, Open):
        return OPEN[route.action]
    own = "" if route.place or actions()[route.action].about is About.NOTHING else ", wherever the reader may"
    return f"`{route.action}`{own}"


def _recorded(route: Route) -> str:
    viewed = not isinstance(route.action, Open) and actions()[route.action].child_level
    return route.records or ("viewed" if viewed else "")


def _holders(action: Action) -> str:
    """Roles, grouped by the kinds of organisation that have the same ones."""
    titles = {role.id: role.title for role in ROLES}
    order = [role.id for role in ROLES]
    by_kind = {kind: [role for role in order if (kind, role) in action.to] for kind in Kind}
    groups: dict[tuple[str, ...], list[Kind]] = {}
    for kind, roles in by_kind.items():
        if roles:
            groups.setdefault(tuple(roles), []).append(kind)
    return "; ".join(
        f"{_kinds(kinds)}: {', '.join(titles[role].lower() for role in roles)}" for roles, kinds in groups.items()
    )


def _kinds(kinds: list[Kind] | frozenset[Kind]) -> str:
    return ", ".join(KIND_TITLES[kind].lower() for kind in Kind if kind in kinds)
