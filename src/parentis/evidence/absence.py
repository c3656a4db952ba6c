"""Why a figure is missing, in words: four reasons, each of which calls for a different response from the reader."""

from enum import StrEnum


class Absence(StrEnum):
    """The reason; its text is the short form used in sentences and cells."""

    NOTHING = "nothing submitted"
    "No data were submitted from which to make the figure."
    CLOSED = "not open to you"
    "The figure exists, but these readers may not see it."
    ELSEWHERE = "not made for this place"
    "The figure exists for other places."
    SUPPRESSED = "suppressed"
    "The figure exists, but its number is too small to show."
    NOT_APPLICABLE = "not applicable"
    ZERO = "rounds to zero"


OF_LETTER = {"c": Absence.SUPPRESSED, "z": Absence.NOT_APPLICABLE, "k": Absence.ZERO}
WHO_OPENS = (
    "The section 151 officer or the director of children's services of the authority that submitted it can release it."
)
_SENTENCES = {
    Absence.NOTHING: "{what}: nothing has been submitted that it could be made from.",
    Absence.CLOSED: "{what} has been made, and is not open to the readers of this page. " + WHO_OPENS,
    Absence.ELSEWHERE: "{what} has been made for other places, and not for {place}.",
    Absence.SUPPRESSED: "{what} is suppressed for {place}: the numbers are small enough to point to a child.",
    Absence.NOT_APPLICABLE: "{what} does not apply to {place}.",
    Absence.ZERO: "{what} rounds to zero for {place}.",
}


def sentence(why: Absence, what: str, place: str) -> str:
    """A full sentence that says why `place` has no `what`."""
    return _SENTENCES[why].format(what=what, place=place)
