"""What errors say at the site: the message of its channel, without the folder that everything lies in."""

from collections.abc import Mapping
from typing import Any

from parentis.archive import find_home
from parentis.errors import ParentisError, UserError, worded
from parentis.remedies import Channel, stored_for


def message_of(error: ParentisError | None) -> str:
    """The whole sentence; '' for none."""
    if error is None:
        return ""
    return _without_folder(error.message(Channel.SITE) if isinstance(error, UserError) else str(error))


def next_step(error: UserError) -> str:
    """What to do about it."""
    return _without_folder(error.remedy.on(Channel.SITE))


def place_of(error: UserError) -> str:
    return _without_folder(error.where)


def reason_of(row: Mapping[str, Any]) -> str:
    """The reason in a row of the register (`why`, `error`): what somebody wrote, or the sentence of an error."""
    return (
        stored_message(row["why"] or "")
        if row["error"] is None
        else _without_folder(worded(row["error"], Channel.SITE))
    )


def stored_message(text: str) -> str:
    """A sentence that was stored as the command line said it: of registers from before errors were stored with their
    codes, and of problems of reading."""
    return _without_folder(stored_for(Channel.SITE, text))


def _without_folder(text: str) -> str:
    return text.replace(str(find_home().path), "the site")


def correction(error: UserError) -> str:
    """What was expected, what came and what to do: beside a form, which shows where."""
    return f"Expected {error.expected}, found {error.found}. {next_step(error)}"
