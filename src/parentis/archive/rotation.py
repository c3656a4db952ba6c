"""Replacing the master key of a home, the register's, or that of an enclave of its own.

1. The keys before are sealed under the new one, beside those that are sealed under the old one.
2. Both are accepted, until the new one stands where the old one stood.
3. What can be sealed anew is (`envelopes.reseal`; the site's own by the site); the register begins to chain under the
   new key with an entry that says so.

A process that is killed between leaves a home that goes on under the one or the other; the command is given again.
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
    """Replace a key, under the caller's lock; gives the new one. Where the old one comes from the environment, the new
    one is taken from `<variable>_NEW`, and must be put into `<variable>` afterwards; where it is a file of the home,
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
        os.environ[variable_of(name)] = new.secret.hex()  # for what this process still does
    if name == "register":
        why = f"the key {new.id} takes the place of {old.id}"
        register.append(home, [Event(event="rekeyed", submission_id=OF_NO_SUBMISSION, who=who, why=why)])
    elif name == "master":
        shutil.rmtree(home.cache, ignore_errors=True)  # sealed under the old one, and made again when it is asked for
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
