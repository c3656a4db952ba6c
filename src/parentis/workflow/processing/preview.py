"""Previews the findings for files, before anything is handed in or stored."""

from collections.abc import Sequence

from parentis.archive import File, Home
from parentis.returns import Checked
from parentis.workflow.checks.submissions import YearsBefore, check
from parentis.workflow.intake.contents import find, prepare
from parentis.workflow.intake.upload_options import UploadOptions


def preview(home: Home, files: Sequence[File], *, return_id: str, period: str, authority: str) -> Checked:
    """The findings of one return, checked as its submission would be; its files were made by the site, not sent.

    Raises a `UserError` that says what is wrong with files that cannot be read."""
    intent = UploadOptions(who="", authority=authority, period=period, return_id=return_id)
    (found,) = find(files, intent, sent=False)
    return check(prepare([found]), YearsBefore(home))[0]
