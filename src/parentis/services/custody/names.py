"""Names and postcodes made comparable: one spelling for what is written in many, and a code for how it sounds."""

import re
import unicodedata
from typing import Final

_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
"Letters that Unicode does not take apart into a plain letter and a mark."

_SPELLED: Final = (
    ("tch", "c"), ("sch", "s"), ("ph", "f"), ("gh", "g"), ("kh", "k"), ("ck", "k"), ("ch", "c"), ("sh", "s"),
    ("zh", "s"), ("th", "t"), ("dh", "d"), ("wr", "r"), ("kn", "n"), ("dj", "j"), ("dzh", "j"), ("x", "ks"),
)  # fmt: skip
"Several letters for one sound, in the order they are replaced."

_CLASSES: Final = {
    letter: digit
    for digit, letters in {"1": "bfpv", "2": "cgjkqsz", "3": "dt", "4": "l", "5": "mn", "6": "r"}.items()
    for letter in letters
}
"Consonants that are heard or written for one another: the classes of Soundex (Russell, US patent 1,261,167, 1918)."

_VOWELS: Final = frozenset("aeiouy")


def plain(text: str | None) -> str:
    """Letters alone: no case, accents, spaces, hyphens or apostrophes. `Siân O’Néill-Łoś` → `sianoneilllos`."""
    return "".join(parts(text))


def parts(text: str | None) -> tuple[str, ...]:
    """The words of a name, each plain; hyphens part them, apostrophes do not: `Ali-Khan` → `ali`, `khan`."""
    folded = unicodedata.normalize("NFKD", (text or "").casefold()).translate(_LETTERS)
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter) and letter not in "'’ʼ`´.")
    return tuple(re.findall(r"[^\W\d_]+", bare))


def sound(text: str | None) -> str:
    """How a name sounds, roughly: `Mohammed`, `Muhammad` and `Mohamed` are alike, so are `Catherine` and `Kathryn`.

    Classes of consonants in order, repeats once, a leading vowel as `A`; '' for no letters. Unlike Soundex it
    codes the first letter too and does not end after four places.
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
        if letter not in "hw":  # these do not part two letters of one class
            last = place
    return code or ("0" if name else "")


def one_slip_apart(a: str, b: str) -> bool:
    """Equal but for one letter wrong, missing or too many, or two neighbours changed round."""
    if a == b:
        return True
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[same:] == b[same + 1 :]
    turned = a[same : same + 2] == b[same : same + 2][::-1] and a[same + 2 :] == b[same + 2 :]
    return turned or a[same + 1 :] == b[same + 1 :]


def bare_postcode(text: str | None) -> str:
    """`sw1a 1aa` → `SW1A1AA`; '' for what has not the form of a postcode."""
    bare = re.sub(r"[^0-9A-Z]", "", (text or "").upper())
    return bare if re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}", bare) else ""


def bare_address(text: str | None) -> str:
    """An address without case and punctuation, for equality; '' unless it has a number and a word."""
    words = re.findall(r"[^\W_]+", (text or "").casefold())
    numbered = any(any(letter.isdigit() for letter in word) for word in words)
    return " ".join(words) if numbered and len(words) > 1 else ""
