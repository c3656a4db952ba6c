"""What to do about an error, under a code, with one message for each channel: the command line and the site.

An error is raised where nobody knows who will read it. Where the next step differs, it carries one of these instead
of a sentence, and the channel takes its own message.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    COMMAND_LINE = "command line"
    SITE = "site"
    "Its pages, its mail and the API."


@dataclass(frozen=True, slots=True)
class Remedy:
    """`site` is empty where only the command line meets the error. `earlier` are sentences that it gave before, which
    stand in registers."""

    code: str
    command_line: str
    site: str = ""
    earlier: tuple[str, ...] = ()

    def on(self, channel: Channel) -> str:
        """The message of a channel."""
        return self.site if channel is Channel.SITE and self.site else self.command_line


SEE_TAKEN: Final = Remedy(
    "see-what-files-were-taken-for",
    "'parentis check' says what each file was taken for.",
    "What each file was taken for is shown below.",
)
GIVE_AUTHORITY: Final = Remedy(
    "give-authority",
    "Give it with --authority, by name or ONS code.",
    "Ask somebody at that authority to submit it and to choose the authority.",
)
GIVE_PERIOD: Final = Remedy(
    "give-period", "Give it with --period 2024-25.", "Submit it again and give its year, such as 2024-25."
)
GIVE_DAY: Final = Remedy(
    "give-day", "Give the day with --period 2025-12-31.", "Submit it again and give its day, such as 2025-12-31."
)
CHECK_PERIOD: Final = Remedy(
    "check-period",
    "Give --period, or check that the files are of the return you meant.",
    "Give the year, or check that the files are of the return you meant.",
)
CHOOSE_RETURN: Final = Remedy(
    "choose-return",
    "Say which with --return, or put it in the file's name.",
    "Choose the return when you submit it, or put it in the file's name.",
)
SEE_SIGNATURES: Final = Remedy(
    "see-signatures",
    "See 'parentis register' for what is still to be signed.",
    "The return's page shows who still has to sign it.",
)
LIST_SUBMISSIONS: Final = Remedy(
    "list-submissions", "List them with 'parentis register'.", "Look for it in the list of returns."
)
LIST_MEASURES: Final = Remedy(
    "list-measures", "List them with 'parentis figures --list'.", "Look for it in the list of measures."
)
BUILD: Final = Remedy(
    "build",
    "Run 'parentis build' first.",
    "Figures are updated when a return is accepted: wait until they have been.",
    earlier=("Run 'parentis build'.",),
)
BUILD_PACK: Final = Remedy(
    "build-pack",
    "Submit files, run 'parentis build', then make the pack.",
    "Submit returns; once one has been accepted, make the pack.",
)
FIND_FIGURE: Final = Remedy(
    "find-figure",
    "Take it from 'parentis figures --format json'; figures may have been updated since.",
    "Open the figure again and select its number; figures may have been updated since.",
    earlier=("Take it from 'parentis figures --format json'; a build since may have replaced it.",),
)
SUBMIT_CARE_RETURNS: Final = Remedy(
    "submit-care-returns",
    "Submit them first: 'parentis submit'.",
    "Submit them first.",
    earlier=("Hand them in first: 'parentis submit'.",),
)
GIVE_REASON: Final = Remedy(
    "give-reason",
    "Give the reason with --why, or leave what is accepted as it is.",
    "Accept it again and give the reason, or reject it: what is accepted stays as it is.",
    earlier=("Give the reason with --why, or leave the accepted edition as it is.",),
)
GIVE_WHOLE_IDS: Final = Remedy(
    "give-whole-ids",
    "Copy them whole from 'parentis register --format json'.",
    "Release each return from its own page.",
)
RUN_HERE: Final = Remedy("run-here", "Leave --on out to run on this machine.")
INSTALL_SPARK: Final = Remedy("install-spark", "Install the extra: pip install 'parentis[spark]', or leave --on out.")
PART_FOLDERS: Final = Remedy("part-folders", "Lay the returns out so, or check the files without --on and --workers.")
GIVE_EARLIER_FINDINGS: Final = Remedy(
    "give-earlier-findings", "Give the .json that --out wrote, or what --format json printed."
)
NEW_FOLDER: Final = Remedy("new-folder", "Give a new folder with --out.")
GIVE_COLLECTION_YEAR: Final = Remedy("give-collection-year", "Give it with --collection-year 2024-25.")

REMEDIES: Final = {one.code: one for one in tuple(globals().values()) if isinstance(one, Remedy)}
"By code."


def stored_for(channel: Channel, text: str) -> str:
    """A sentence that was stored as the command line said it, as `channel` does: of rows from before errors were
    stored as their facts (`errors.worded`)."""
    for remedy in REMEDIES.values():
        for said in (remedy.command_line, *remedy.earlier):
            text = text.replace(said, remedy.on(channel))
    return text
