"""The errors a person can meet, each with its own exit code.

A user error is a sentence: what was expected, what came, where, and what to do next. It never holds a
child's values. Anything else that is raised is a bug and ends in a traceback (exit code 1).
"""

import re
from collections.abc import Mapping

from parentis.remedies import REMEDIES, Channel, Remedy


class ParentisError(Exception):
    """Base of every error raised on purpose."""

    exit_code = 10


class UserError(ParentisError):
    """A mistake the person at the keyboard can put right. `do` is a sentence for every channel, or a `Remedy`.

    `code` names the remedy, else the kind of error: `unknown-authority`. `do` and the error's text are the command
    line's; `message` gives another channel's."""

    exit_code = 11

    def __init__(self, *, expected: str, found: str, where: str, do: str | Remedy) -> None:
        self.expected, self.found, self.where = expected, found, where
        self.remedy = do if isinstance(do, Remedy) else Remedy(_code_of(type(self)), do)
        super().__init__(self.message(Channel.COMMAND_LINE))

    @property
    def code(self) -> str:
        return self.remedy.code

    @property
    def do(self) -> str:
        return self.remedy.on(Channel.COMMAND_LINE)

    def message(self, channel: Channel) -> str:
        """The whole sentence, as this channel says it."""
        return _sentence(self.facts(), self.remedy.on(channel))

    def facts(self) -> dict[str, str]:
        """What is stored of it: `code, where, expected, found, do`. `worded` makes a sentence of it."""
        return {
            "code": self.code, "where": self.where, "expected": self.expected, "found": self.found, "do": self.do,
        }  # fmt: skip


def worded(facts: Mapping[str, str], channel: Channel) -> str:
    """The sentence of a stored error (`UserError.facts`), as this channel says it today.

    `do` is used where its code is of no remedy, or of one that is there no more."""
    remedy = REMEDIES.get(facts["code"])
    return _sentence(facts, remedy.on(channel) if remedy else facts["do"])


def _sentence(facts: Mapping[str, str], do: str) -> str:
    return f"{facts['where']}: expected {facts['expected']}, found {facts['found']}. {do}"


def _code_of(kind: type) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__.removesuffix("Error")).lower()


class UnreadableFileError(UserError):
    """A file that cannot be opened or understood: empty, truncated, encrypted, unsafe, of no known return."""

    exit_code = 20


class SpecificationError(UserError):
    """A file of a known return that breaks its spec so far that it cannot be checked: no key column, say."""

    exit_code = 21


class UnknownAuthorityError(UserError):
    """A name or code that is no authority in `region`."""

    exit_code = 22


class PeriodError(UserError):
    """A period that cannot be read, or lies outside what the return's spec covers."""

    exit_code = 23


class SubmissionStateError(UserError):
    """A step that the submission's state does not allow: accepting what was rejected, say."""

    exit_code = 24


class BusyError(UserError):
    """Another process holds the lock on this home."""

    exit_code = 25


class NotFoundError(UserError):
    """A submission, measure, table or pack that does not exist."""

    exit_code = 26


class KeyMissingError(UserError):
    """A secret that production needs and does not have."""

    exit_code = 27


class DownloadError(UserError):
    """A publisher's service that does not answer, or answers with something else."""

    exit_code = 28


class RefusedError(UserError):
    """Something that law or agreement does not allow here."""

    exit_code = 29


class PublisherError(UserError):
    """A publisher's file from somebody who may not publish for the region. Its bytes are kept, and count nowhere."""

    exit_code = 32


class IntegrityError(ParentisError):
    """What is stored does not match its hash, its count or its register row."""

    exit_code = 30


class DamageError(IntegrityError):
    """A table of the home of which a file is lost, cut short or cannot be read."""

    def __init__(self, *, table: str, what: str) -> None:
        self.table, self.what = table, what
        super().__init__(f"{table}: {what}. Run 'parentis doctor': it says what is damaged and how to repair it.")


class StorageError(ParentisError):
    """A disk that is full, read-only or failing, or a home that this account may not write to."""

    exit_code = 32


class DeclarationError(ParentisError):
    """A spec, measure, rule or service that contradicts itself. Found when it loads, before any data."""

    exit_code = 31
