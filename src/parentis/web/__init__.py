"""The site: a region's people sign in, hand in, see and decide. Django lives only below this door."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.web.keeping import backup, restore
    from parentis.web.people.setting_up import demo_password, invite_first, make_demo_people, make_practice_things
    from parentis.web.running import manage, migrate, serve, set_up
    from parentis.web.verifying import verify_record

_HOME = {
    "backup": "keeping",
    "demo_password": "people.setting_up",
    "invite_first": "people.setting_up",
    "make_demo_people": "people.setting_up",
    "make_practice_things": "people.setting_up",
    "manage": "running",
    "migrate": "running",
    "restore": "keeping",
    "serve": "running",
    "set_up": "running",
    "verify_record": "verifying",
}

__all__ = [
    "backup", "demo_password", "invite_first", "make_demo_people", "make_practice_things", "manage",
    "migrate", "restore", "serve", "set_up", "verify_record",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # The door opens late: the command line imports this package at its start, and must not import Django.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name != "set_up" and _HOME[name] != "running":
        import_module(f"{__name__}.running").set_up()
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
