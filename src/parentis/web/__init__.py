"""The site where a region's people sign in, submit, view and decide. Only this package imports Django."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.web.audit.outside import anchor, lines_since
    from parentis.web.backups import backup, restore
    from parentis.web.key_rotation import rotate
    from parentis.web.people.initial_accounts import (
        demo_password,
        invite_first,
        make_demo_people,
        make_practice_things,
    )
    from parentis.web.startup import manage, migrate, serve, set_up
    from parentis.web.verification import verify_record

_HOME = {
    "anchor": "audit.outside",
    "backup": "backups",
    "demo_password": "people.initial_accounts",
    "invite_first": "people.initial_accounts",
    "lines_since": "audit.outside",
    "make_demo_people": "people.initial_accounts",
    "make_practice_things": "people.initial_accounts",
    "manage": "startup",
    "migrate": "startup",
    "restore": "backups",
    "rotate": "key_rotation",
    "serve": "startup",
    "set_up": "startup",
    "verify_record": "verification",
}

__all__ = [
    "anchor", "backup", "demo_password", "invite_first", "lines_since", "make_demo_people", "make_practice_things",
    "manage", "migrate", "restore", "rotate", "serve", "set_up", "verify_record",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Imported late: the command line imports this package when it starts, and must not import Django.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name != "set_up" and _HOME[name] != "startup":
        import_module(f"{__name__}.startup").set_up()
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
