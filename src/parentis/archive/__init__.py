"""Archive: the raw bytes of every submission under keys of their own, and the register of what became of them."""

from parentis.archive.durable import write_file
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
from parentis.archive.keys import CUSTODY_VARIABLE, MASTER_VARIABLE, Hasher, Key, custody_key, hasher, master_key
from parentis.archive.lock import WAIT_SECONDS, locked
from parentis.archive.register import EVENTS, Event, append, events
from parentis.archive.states import KEY, STATE, state, visible_loads
from parentis.archive.streams import Sealer, fresh_key, opened_key, unsealed

__all__ = [
    "CUSTODY_VARIABLE",
    "EVENTS",
    "HOME_VARIABLE",
    "KEY",
    "MASTER_VARIABLE",
    "STATE",
    "WAIT_SECONDS",
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
    "custody_key",
    "destroy",
    "events",
    "fetch",
    "find_home",
    "fresh_key",
    "hasher",
    "kept",
    "locked",
    "manifest",
    "master_key",
    "open_beside",
    "opened_key",
    "seal_beside",
    "state",
    "store",
    "unsealed",
    "visible_loads",
    "write_file",
]
