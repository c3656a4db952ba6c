"""Archive: the raw bytes of every submission under keys of their own, and the register of what became of them."""

from parentis.archive.durable import make_folder, write_file
from parentis.archive.envelopes import (
    File,
    Manifest,
    StoredFile,
    Upload,
    clear_unfinished,
    destroy,
    fetch,
    kept,
    manifest,
    open_beside,
    seal_beside,
    store,
)
from parentis.archive.home import HOME_VARIABLE, Home, find_home
from parentis.archive.keys import (
    CUSTODY_VARIABLE,
    MASTER_VARIABLE,
    REGISTER_VARIABLE,
    Hasher,
    Key,
    custody_key,
    hasher,
    master_key,
    register_key,
)
from parentis.archive.lock import WAIT_SECONDS, locked
from parentis.archive.modes import close_to_others, readable_by_others
from parentis.archive.register import EVENTS, OF_NO_SUBMISSION, Content, Event, append, events, verify
from parentis.archive.set_aside import forget_set_aside, is_set_aside, set_aside
from parentis.archive.states import CLOSED, KEY, STATE, state, visible_loads
from parentis.archive.streams import Sealer, fresh_key, opened_key, unsealed

__all__ = [
    "CLOSED",
    "CUSTODY_VARIABLE",
    "EVENTS",
    "HOME_VARIABLE",
    "KEY",
    "MASTER_VARIABLE",
    "OF_NO_SUBMISSION",
    "REGISTER_VARIABLE",
    "STATE",
    "WAIT_SECONDS",
    "Content",
    "Event",
    "File",
    "Hasher",
    "Home",
    "Key",
    "Manifest",
    "Sealer",
    "StoredFile",
    "Upload",
    "append",
    "clear_unfinished",
    "close_to_others",
    "custody_key",
    "destroy",
    "events",
    "fetch",
    "find_home",
    "forget_set_aside",
    "fresh_key",
    "hasher",
    "is_set_aside",
    "kept",
    "locked",
    "make_folder",
    "manifest",
    "master_key",
    "open_beside",
    "opened_key",
    "readable_by_others",
    "register_key",
    "seal_beside",
    "set_aside",
    "state",
    "store",
    "unsealed",
    "verify",
    "visible_loads",
    "write_file",
]
