"""Results of careers: spells, the use of every row, and notes for users."""

from collections.abc import Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

RESPITE: tuple[str, ...] = ("V3", "V4")
"Legal statuses of short breaks: respite is not continuous care, and is kept separate."

USES: Mapping[str, str] = {
    "used": "its nights are in a spell",
    "repeat": "the same episode stands in a later return, which is used",
    "duplicate": "another row of the same return has the same child and start, and is used",
    "resubmitted": "a later submission of the same return replaces it",
    "no nights": "it starts and ends on one day",
    "respite": "a short break, left out unless asked for",
    "no child": "the child's number is missing",
    "no start": "the start date is missing or cannot be read",
    "ends before it starts": "the end date lies before the start date",
    "starts after its year": "the start date lies after the collection year it was returned for",
}
"Possible uses of a submitted row. Rows of the last four kinds are unusable."

UNUSABLE: tuple[str, ...] = ("no child", "no start", "ends before it starts", "starts after its year")

ENDINGS: Mapping[str, str] = {
    "ended": "on the date in the return",
    "trimmed": "on the day the child's next episode starts, for want of an earlier end date",
    "open": "not ended at the end of the authority's latest return",
    "lost": "not ended in one return and absent from the next",
    "unseen": "not ended in one return, and the next year's return is not held",
}
"Sources of the end of a spell. The last three are open: `end` is the day after the last one with information."

OPEN: tuple[str, ...] = ("open", "lost", "unseen")


class Spells(dy.Schema):
    """One row per continuous time of a child in one placement. Natural key: `authority, child, respite, start`."""

    spell_id = dy.UInt32(nullable=False)
    "0-based, within this result only."
    authority = dy.String(primary_key=True)
    child = dy.String(primary_key=True)
    respite = dy.Bool(primary_key=True)
    start = dy.Date(primary_key=True)
    end = dy.Date(nullable=False)
    "Exclusive: the first day whose night is not in the spell. Nights are `end - start`, at least one."
    open = dy.Bool(nullable=False)
    "True if no end is known: `end` is then the 1 April after the last return with the spell."
    ending = dy.Enum(list(ENDINGS), nullable=False)
    place = dy.String(nullable=True)
    provider = dy.String(nullable=True)
    urn = dy.String(nullable=True)
    place_postcode = dy.String(nullable=True)
    "To the detail that the lake keeps; the last known one within the spell, as for `urn`."
    need = dy.String(nullable=True)
    "Category of need (CIN) at the start."
    legal_start = dy.String(nullable=True)
    legal_end = dy.String(nullable=True)
    reason_in = dy.String(nullable=True)
    "Reason for new episode (RNE) of its first episode."
    reason_out = dy.String(nullable=True)
    "Reason episode ceased (REC) of its last episode; X1 if care continues."
    reason_change = dy.String(nullable=True)
    "REASON_PLACE_CHANGE of its last episode."
    care_id = dy.UInt32(nullable=False)
    "Spells without a night between them share a period of care; within this result only."
    care_start = dy.Date(nullable=False)
    care_end = dy.Date(nullable=False)
    "Exclusive; the end of the last spell of the period of care."
    placement = dy.UInt32(nullable=False)
    "1 for the first spell of its period of care, 2 for the next …"
    episodes = dy.UInt32(nullable=False)
    "Number of submitted episodes in the spell: those that `trace` marks `used`."
    sex = dy.String(nullable=True)
    "M, F or U, for the codes of any year."
    dob = dy.Date(nullable=True)
    ethnicity = dy.String(nullable=True)
    uasc = dy.Bool(nullable=False)
    "True if the child is in a UASC table; `uasc_until` gives the end of the status."
    uasc_until = dy.Date(nullable=True)
    "Exclusive: the date the status ceased or will cease (DUC), where given."


@dataclass(frozen=True, slots=True)
class Careers:
    """Spells, and the use of every submitted row.

    `trace` has one row for each episode row given: `authority, period, load_id, row, sequence, use, spell_id` (null
    unless used). `unusable` holds the rows that cannot be placed in time, as given, with `reason`. `coverage` has every
    authority and collection year from the first to the last submitted by any authority: `authority, period, held`.
    `notes` has counts of problems that users should know about: `authority, note, count`. `known` gives for each return
    the day after the last day that it covers, `authority, period, until`: within the year, if extracted within it.
    """

    spells: pl.DataFrame
    trace: pl.DataFrame
    unusable: pl.DataFrame
    coverage: pl.DataFrame
    notes: pl.DataFrame
    known: pl.DataFrame
