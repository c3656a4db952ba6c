"""What became of one submission, for the person who handed it in."""

from dataclasses import dataclass, field
from typing import Literal

from parentis.errors import ParentisError
from parentis.returns import Checked, Recognised, the_return

Status = Literal["checked", "accepted", "rejected", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`checked` waits for someone to accept it; `unchanged` is the same bytes as are held already."""

    submission_id: str
    status: Status
    return_id: str | None = None
    part: str | None = None
    submitter: str | None = None
    period: str | None = None
    files: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    provisional: bool = False
    checked: Checked | None = field(default=None, repr=False)
    taken: tuple[Recognised, ...] = ()
    "What each file was taken for; empty for what was held already."
    replaces: str = ""
    "What it changes of the edition that it supersedes, or would: only for publishers' tables that come in editions."
    held_back: str = ""
    "Why it waits for somebody's reason, although its kind is accepted when it reads."
    error: ParentisError | None = None
    "Why it was rejected."

    @property
    def title(self) -> str:
        """`SSDA903 looked-after children, E09000007, 2024-25`."""
        if self.return_id is None:
            return ", ".join(self.files)
        name = the_return(self.return_id).spec.title + (f" ({self.part})" if self.part else "")
        return ", ".join(text for text in (name, self.submitter, self.period) if text)

    @property
    def sentence(self) -> str:
        """What happened and what comes next, in one sentence."""
        rows = sum(count for _, count in self.counts)
        match self.status:
            case "accepted":
                more = " It stays provisional until every sign-off it needs is given." if self.provisional else ""
                return f"{self.title}: accepted, {rows:,} rows.{more} {self.replaces}".rstrip()
            case "checked" if self.held_back:
                return (
                    f"{self.title}: received and checked, not accepted: {self.held_back}. {self.replaces} If it shall "
                    f"count all the same, give the reason: 'parentis accept {self.submission_id[:8]} --why \"…\"'."
                )
            case "checked":
                wrong = self.checked.errors if self.checked else 0
                return (
                    f"{self.title}: received and checked, {wrong:,} findings to put right. "
                    f"Accept it with 'parentis accept {self.submission_id[:8]}', or send a corrected one."
                )
            case "unchanged":
                return f"{self.title}: the same bytes as submission {self.submission_id[:8]}; nothing was changed."
            case _:
                return f"{', '.join(self.files)}: rejected. {self.error}"
