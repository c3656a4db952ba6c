"""Error messages on the site: the message for its channel, without the path of the site's folder."""

from collections.abc import Mapping
from typing import Any

from parentis.archive import find_home
from parentis.errors import ParentisError, UserError, worded
from parentis.remedies import Channel, stored_for


def message_of(error: ParentisError | None) -> str:
    """The whole message; '' for no error."""
    if error is None:
        return ""
    return _without_folder(error.message(Channel.SITE) if isinstance(error, UserError) else str(error))


def next_step(error: UserError) -> str:
    """What to do about the error."""
    return _without_folder(error.remedy.on(Channel.SITE))


def place_of(error: UserError) -> str:
    return _without_folder(error.where)


def reason_of(row: Mapping[str, Any]) -> str:
    """The reason in a row of the register (`why`, `error`): what somebody wrote, or the message of an error."""
    return (
        stored_message(row["why"] or "")
        if row["error"] is None
        else _without_folder(worded(row["error"], Channel.SITE))
    )


def stored_message(text: str) -> str:
    """A message that was stored in the command line's wording: from registers older than error codes, and from problems
    of reading."""
    return _without_folder(stored_for(Channel.SITE, text))


def _without_folder(text: str) -> str:
    return text.replace(str(find_home().path), "the site")


def correction(error: UserError) -> str:
    """What was expected, what was found and what to do: for use beside a form, which shows where."""
    return f"Expected {error.expected}, found {error.found}. {next_step(error)}"
