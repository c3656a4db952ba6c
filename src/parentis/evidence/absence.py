"""Why a figure is not there, in words: four reasons that ask for four different things of whoever reads them."""

from enum import StrEnum


class Absence(StrEnum):
    """The reason; as text, how a sentence or a cell says it shortly."""

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
    """`what` is not there for `place`, and why: a whole sentence."""
    return _SENTENCES[why].format(what=what, place=place)
