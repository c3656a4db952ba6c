"""Replaces a home's master key, its register key, or the key of an enclave other than custody.

1. The earlier keys are sealed under the new key, next to the copies sealed under the old key.
2. Both keys are accepted until the new key has replaced the old one.
3. Sealed data are resealed where possible (`envelopes.reseal`; the site reseals its own). The register continues under
   the new key with an entry that records the change.

If the process is killed in between, the home works under one key or the other; run the command again.
"""

import json
import os
import shutil

from parentis.archive import durable, envelopes, register, register_chain
from parentis.archive.home import Home
from parentis.archive.keys import Key, keys_of, parse_key, retired_as, variable_of
from parentis.archive.register import OF_NO_SUBMISSION, Event
from parentis.errors import KeyMissingError

NEW = "_NEW"
"Ending of the variable that holds the new key, where the old one comes from a variable."


def replace_key(home: Home, name: str, *, who: str) -> Key:
    """Replace a key, under the caller's lock. Returns the new key. If the old key comes from the environment, the new
    one is read from `<variable>_NEW`, and must be put into `<variable>` afterwards; if it is a file of the home,
    a new file is made."""
    before = keys_of(home, name)
    new = _new_key(name)
    if new.id in {key.id for key in before}:
        raise KeyMissingError(
            expected=f"a {name} key that was never used here", found=f"the key {new.id}", where=variable_of(name) + NEW,
            do="Make another with 'openssl rand -hex 32'.",
        )  # fmt: skip
    old = before[-1]
    retired = {
        old.id: [old.seal(key.secret, retired_as(name)).hex() for key in before[:-1]],
        new.id: [new.seal(key.secret, retired_as(name)).hex() for key in before],
    }
    if name == "register":
        register_chain.write_head(home, register.verify(home), new)
    durable.write_file(home.keys / f"{name}.retired", json.dumps(retired).encode())
    marker, noted = home.keys / f"{name}.id", f"{name}_key_id"
    durable.write_file(marker, json.dumps({noted: new.id, "before": old.id}).encode())
    path = home.keys / f"{name}.key"
    if not os.environ.get(variable_of(name)):
        durable.write_file(path, new.secret.hex().encode())
    else:
        os.environ[variable_of(name)] = new.secret.hex()  # for the rest of this process
    if name == "register":
        why = f"the key {new.id} takes the place of {old.id}"
        register.append(home, [Event(event="rekeyed", submission_id=OF_NO_SUBMISSION, who=who, why=why)])
    elif name == "master":
        shutil.rmtree(home.cache, ignore_errors=True)  # sealed under the old key, and computed again when needed
        envelopes.reseal(home)
    durable.write_file(marker, json.dumps({noted: new.id}).encode())
    return new


def _new_key(name: str) -> Key:
    if os.environ.get(variable_of(name)):
        given = os.environ.get(variable_of(name) + NEW)
        if not given:
            raise KeyMissingError(
                expected=f"the new {name} key in {variable_of(name)}{NEW} (64 hex digits)", found="none",
                where="the environment", do="Make one with 'openssl rand -hex 32', and set the variable.",
            )  # fmt: skip
        return parse_key(given, name, variable_of(name) + NEW)
    return Key.random()
