"""Moves submissions accepted before their return changed how it labels periods to the new period, and reads them again.

Earlier rows of the register are kept; a new row states the part and period from now on. Every build starts with this
step, so that nothing is counted twice and a file handed in again supersedes the one it corrects.
"""

from parentis import archive
from parentis.archive import Event, Home
from parentis.returns import returns
from parentis.workflow.intake import loads as intake_loads
from parentis.workflow.intake.contents import reopen_under_new_period
from parentis.workflow.intake.upload_options import Progress
from parentis.workflow.processing.pipeline import make_load

MOVES = "parentis build"
"Who the register says moved them, where a build did."


def move_locked(home: Home, who: str, progress: Progress) -> int:
    """Move every accepted submission with an earlier period label, under the caller's lock. Returns how many."""
    tells = {declared.id: declared.earlier_period for declared in returns().values() if declared.earlier_period}
    accepted = archive.state(archive.events(home), sign_offs={})
    rows = [
        row
        for row in accepted.iter_rows(named=True)
        if row["status"] == "accepted"
        and (tell := tells.get(row["return_id"]))
        and tell(row["part"], row["period"]) is not None
    ]
    if not rows:
        return 0
    hasher = archive.hasher(home, "lake")
    moved = [(row["submission_id"], reopen_under_new_period(home, row)) for row in rows]
    loads = [make_load(submission_id, ready, hasher) for submission_id, ready in moved]
    intake_loads.announce(home, [row["load_id"] for row in rows if row["load_id"]])
    intake_loads.announce(home, [load.load_id for load in loads])
    intake_loads.write(home, loads, progress)
    events = [
        Event(
            event="reloaded", submission_id=submission_id, who=who, load_id=load.load_id, contents=load.contents,
            part=ready.found.reading.part, period=ready.found.period,
        )
        for (submission_id, ready), load in zip(moved, loads, strict=True)
    ]  # fmt: skip
    archive.append(home, events)
    intake_loads.clear_pending(home)
    progress("moved", len(events), len(events))
    return len(events)
