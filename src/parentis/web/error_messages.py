"""What errors say at the site: the message of its channel, without the folder that everything lies in."""

from parentis.archive import find_home
from parentis.errors import ParentisError, UserError
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


def stored_message(text: str) -> str:
    """A sentence of the register, or a problem of reading, which stands there as the command line says it."""
    return _without_folder(stored_for(Channel.SITE, text))


def _without_folder(text: str) -> str:
    return text.replace(str(find_home().path), "the site")


def correction(error: UserError) -> str:
    """What was expected, what came and what to do: beside a form, which shows where."""
    return f"Expected {error.expected}, found {error.found}. {next_step(error)}"
