"""Preparing names and postcodes for comparison: every script in Latin letters, spelling variants reduced to one form,
and codes for how a name sounds."""

import re
import unicodedata
from typing import Final

from anyascii import anyascii
from rapidfuzz.distance import OSA

_LETTERS: Final = str.maketrans({"ı": "i", "ğ": "g", "ʼ": "'"})
"""Letters whose plain form here differs from their standard transliteration."""

_SPELLED: Final = (
    ("tch", "c"), ("sch", "s"), ("ph", "f"), ("gh", "g"), ("kh", "k"), ("ck", "k"), ("ch", "c"), ("sh", "s"),
    ("zh", "s"), ("th", "t"), ("dh", "d"), ("wr", "r"), ("kn", "n"), ("dj", "j"), ("dzh", "j"), ("x", "ks"),
)  # fmt: skip
"""Groups of letters for one sound, in the order in which they are replaced."""

_CLASSES: Final = {
    letter: digit
    for digit, letters in {"1": "bfpv", "2": "cgjkqsz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
    for letter in letters
}
"""Consonants that are confused in speech or writing: the classes of Soundex (Russell, US patent 1,261,167, 1918)."""

_FOLDED: Final = {
    "dzh": "j", "dj": "j", "kh": "h", "gh": "g", "ph": "f", "th": "t", "dh": "d", "sh": "s", "ch": "c", "zh": "j",
    "wh": "v", "bh": "b", "w": "v", "ou": "u", "oo": "u", "ee": "i",
}  # fmt: skip
"""Pairs whose second letter only modifies the sound of the first; in `kh` the first modifies the second."""
_FOLDING: Final = re.compile("|".join(_FOLDED))

_VOWELS: Final = frozenset("aeiouy")


def plain(text: str | None) -> str:
    """Latin letters only: no case, accents, spaces, hyphens or apostrophes. `Siân O’Néill-Łoś` → `sianoneilllos`,
    `Мухаммед` → `mukhammed`."""
    return "".join(parts(text))


def parts(text: str | None) -> tuple[str, ...]:
    """The words of a name, each plain. Hyphens separate words and apostrophes do not: `Ali-Khan` → `ali`, `khan`."""
    if not text:
        return ()
    written = text.casefold()
    if not written.isascii():
        # Marks first: each belongs to the letter before it, which may have no transliteration of its own.
        apart = unicodedata.normalize("NFKD", written).translate(_LETTERS)
        written = anyascii("".join(letter for letter in apart if not unicodedata.combining(letter))).casefold()
    return tuple(re.findall(r"[a-z]+", re.sub(r"['’`´.]", "", written)))


def sound(text: str | None) -> str:
    """Approximately how a name sounds: `Mohammed`, `Muhammad` and `Mohamed` are alike, and so are `Catherine` and
    `Kathryn`.

    The classes of the consonants in order, repeats once, a leading vowel as `A`; '' if there are no letters. Unlike
    Soundex it codes the first letter too and does not stop after four places.
    """
    name = plain(text)
    for written, heard in _SPELLED:
        name = name.replace(written, heard)
    code = "A" if name[:1] in _VOWELS and name else ""
    last = ""
    for letter in name:
        place = _CLASSES.get(letter, "")
        if place and place != last:
            code += place
        if letter not in "hw":  # these do not separate two letters of one class
            last = place
    return code or ("0" if name else "")


def folded(name: str) -> str:
    """A plain name, with letter pairs that some languages use for one sound replaced by a single letter: `dzhamal` →
    `jamal`."""
    return _FOLDING.sub(lambda found: _FOLDED[found[0]], name)


def bones(text: str | None) -> str:
    """What is common to a name in every script and spelling: the classes of its consonants, `h` as a class of its own,
    nothing doubled. `Mohammed`, `Мухаммед` and `محمد` are alike; so are `Akhmed` and `Ahmad`."""
    code = ""
    for letter in folded(plain(text)):
        place = "h" if letter == "h" else _CLASSES.get(letter, "")
        if place and code[-1:] != place:
            code += place
    return code


def one_slip_apart(a: str, b: str) -> bool:
    """Whether two texts are equal but for one letter wrong, missing or added, or two neighbouring letters swapped."""
    return OSA.distance(a, b, score_cutoff=1) <= 1


def bare_postcode(text: str | None) -> str:
    """`sw1a 1aa` → `SW1A1AA`; '' for text that is not in the format of a postcode."""
    bare = re.sub(r"[^0-9A-Z]", "", (text or "").upper())
    return bare if re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}", bare) else ""


def bare_address(text: str | None) -> str:
    """An address without case and punctuation, to test for equality; '' unless it has a number and a word."""
    words = re.findall(r"[^\W_]+", (text or "").casefold())
    numbered = any(any(letter.isdigit() for letter in word) for word in words)
    return " ".join(words) if numbered and len(words) > 1 else ""
