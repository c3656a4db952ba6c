"""What became of one submission, for the person who handed it in."""

from dataclasses import dataclass, field
from typing import Literal

from parentis.errors import ParentisError
from parentis.returns import Checked, Problem, Recognised, the_return

Status = Literal["checked", "accepted", "rejected", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`checked` waits for somebody to accept it; `unchanged` has the same bytes as a stored submission."""

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
    "Why it is accepted only by somebody who gives a reason."
    second_person: bool = False
    "It waits for somebody else than whoever handed it in: it is a publisher's, and counts for every authority."
    error: ParentisError | None = None
    "Why it was rejected."

    problems: tuple[Problem, ...] = ()
    "What reading the files met, and what accepting it supersedes or stands beside."

    @property
    def title(self) -> str:
        """`SSDA903 looked-after children, E09000007, 2024-25`."""
        if self.return_id is None:
            return ", ".join(self.files)
        part = next((one.name for one in self.taken if one.name), self.part)
        name = the_return(self.return_id).spec.title + (f" ({part})" if part else "")
        return ", ".join(text for text in (name, self.submitter, self.period) if text)

    @property
    def reading_errors(self) -> int:
        return sum(one.severity == "error" for one in self.problems)

    @property
    def reserve(self) -> str:
        """The words before its status: ` with 1 reading error, 2 findings to correct`, or ''."""
        findings = self.checked.errors - self.reading_errors if self.checked else 0
        told = [
            counted(self.reading_errors, "reading error"),
            counted(sum(one.severity == "warning" for one in self.problems), "warning"),
            counted(findings, "finding") and f"{counted(findings, 'finding')} to correct",
        ]
        return " with " + ", ".join(filter(None, told)) if any(told) else ""

    @property
    def sentence(self) -> str:
        """What happened and what comes next, in one sentence; `problems` give the details."""
        rows = sum(count for _, count in self.counts)
        match self.status:
            case "accepted":
                more = " It stays provisional until every sign-off it needs is given." if self.provisional else ""
                return f"{self.title}: accepted{self.reserve}, {rows:,} rows.{more} {self.replaces}".rstrip()
            case "checked" if self.held_back:
                return (
                    f"{self.title}: received and checked, not accepted: {self.held_back}. {self.replaces} To accept it "
                    f"anyway, give a reason: 'parentis accept {self.submission_id[:8]} --why \"…\"'."
                )
            case "checked" if self.second_person:
                return (
                    f"{self.title}: received and checked{self.reserve}, {rows:,} rows. {self.replaces} It counts for "
                    f"every authority, so somebody else accepts it: 'parentis accept {self.submission_id[:8]}'."
                )
            case "checked":
                wrong = self.checked.errors if self.checked else 0
                held = f", with {counted(self.reading_errors, 'reading error')}" if self.reading_errors else ""
                return (
                    f"{self.title}: received and checked{held}, {rows:,} rows, {wrong:,} findings to correct. "
                    f"Accept it with 'parentis accept {self.submission_id[:8]}', or send a corrected one."
                )
            case "unchanged":
                return f"{self.title}: the same bytes as submission {self.submission_id[:8]}; nothing was changed."
            case _:
                return f"{', '.join(self.files)}: rejected. {self.error}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """`sentence`, and one for each problem, in the words that check, register and site have for it too."""
        return (self.sentence, *(problem.sentence for problem in self.problems))


def counted(count: int, what: str) -> str:
    """`2 warnings`; '' for none."""
    return f"{count:,} {what}{'s' if count > 1 else ''}" if count else ""
