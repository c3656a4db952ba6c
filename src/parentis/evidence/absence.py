"""Why a figure is missing, in words: four reasons, each of which calls for a different response from the reader."""

from enum import StrEnum


class Absence(StrEnum):
    """The reason; its text is the short form used in sentences and cells."""

    NOTHING = "nothing submitted"
    "Nothing was handed in that it could be made from."
    CLOSED = "not open to you"
    "It is made, and its readers do not see it."
    ELSEWHERE = "not made for this place"
    "It is made for other places."
    SUPPRESSED = "suppressed"
    "It is made, and too small a number to be shown."
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
