"""How similar two names are: the same, one slip apart, possibly one name in two spellings, or different names.

A placeholder (`Unknown`, `Baby`) does not count as a name. `name_families.csv` lists names treated as one: short forms,
and forms of the name in other languages and transcriptions.
"""

import csv
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from parentis.services.custody.names import bones, folded, one_slip_apart, parts, sound

SAME, ALIKE, AKIN, DIFFERENT, MISSING = "same", "alike", "akin", "different", "missing"

SLIP_FROM: Final = 4
"""Names shorter than this are not treated as one name with a slip: Ali and Avi are two names."""
WORD_FROM: Final = 3
"""Words of a name shorter than this (al, da, van) do not make two names similar."""
BONES_FROM: Final = 2
"""Names with fewer consonants than this match too many others."""
CLOSE, CLOSE_BY_BONES, CLOSE_IN_SCRIPT = 0.86, 0.6, 0.6
"""Jaro-Winkler similarity from which two names are similar: by itself, where their consonants are a slip apart, and
where one was written in another script. Set on pairs of transliterations against pairs of names drawn at random."""


@dataclass(frozen=True, slots=True)
class Name:
    """A first name or a surname prepared for comparison."""

    plain: str = field(repr=False)
    """Empty where there is no name, or only a placeholder."""
    words: tuple[str, ...] = field(default=(), repr=False)
    sound: str = field(default="", repr=False)
    bones: str = field(default="", repr=False)
    folded: str = field(default="", repr=False)
    inner: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    """For a name of several words: the folded form and bones of each that is long enough to be compared by itself."""
    families: frozenset[int] = field(default=frozenset(), repr=False)
    is_latin: bool = True
    """False where it was written in another script, which may omit its vowels."""


NOBODY: Final = Name("")


@lru_cache(maxsize=512)
def first_name(text: str | None) -> Name:
    """Prepare a first name for comparison."""
    return _name(text, "first_name")


@lru_cache(maxsize=512)
def surname(text: str | None) -> Name:
    """Prepare a surname for comparison."""
    return _name(text, "surname")


def both_names(first: str | None, last: str | None) -> tuple[Name, Name]:
    """First name and surname; both empty where the two together are a placeholder (`Joe Bloggs`)."""
    if " ".join((*parts(first), *parts(last))) in _placeholders()["whole"]:
        return NOBODY, NOBODY
    return first_name(first), surname(last)


def level(given: Name, known: Name, others: tuple[Name, ...] = ()) -> str:
    """How similar `given` is to `known`, or to another name recorded for the same person."""
    if not given.plain or not known.plain:
        return MISSING
    if given.plain == known.plain:
        return SAME
    if any(_alike(given, each) for each in (known, *others)):
        return ALIKE
    return AKIN if any(_akin(given, each) for each in (known, *others)) else DIFFERENT


def _alike(a: Name, b: Name) -> bool:
    """Similar in sound, one slip apart, or one contained in the other: a double-barrelled name, a second first name."""
    if a.sound and a.sound == b.sound:
        return True
    if min(len(a.plain), len(b.plain)) >= SLIP_FROM and one_slip_apart(a.plain, b.plain):
        return True
    return bool(set(a.words) & set(b.words))


def _akin(a: Name, b: Name) -> bool:
    """In one family of names, nearly the same letters, or the same consonants allowing for other spellings or
    scripts."""
    if a.families & b.families or _close((a.plain, a.folded, a.bones), (b.plain, b.folded, b.bones)):
        return True
    if a.is_latin != b.is_latin and (
        OSA.distance(a.bones, b.bones, score_cutoff=1) <= 1
        or JaroWinkler.similarity(a.folded, b.folded) >= CLOSE_IN_SCRIPT
    ):
        return True
    return (len(a.words) > 1 or len(b.words) > 1) and any(_close(one, other) for one in a.inner for other in b.inner)


def _close(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Compare two names or words, each given as its plain form, its folded form and its bones."""
    (plain, fold, bare), (others_plain, others_fold, others_bare) = one, other
    short, long = (plain, others_plain) if len(plain) <= len(others_plain) else (others_plain, plain)
    if len(short) >= WORD_FROM and long.startswith(short):
        return True
    few = min(len(bare), len(others_bare))
    if few >= BONES_FROM and bare == others_bare:
        return True
    likeness = JaroWinkler.similarity(fold, others_fold)
    if likeness >= CLOSE:
        return True
    far = few <= BONES_FROM or likeness < CLOSE_BY_BONES
    return not far and OSA.distance(bare, others_bare, score_cutoff=1) <= 1


def _name(text: str | None, kind: str) -> Name:
    words = parts(text)
    if not words or " ".join(words) in _placeholders()["name"] | _placeholders()[kind]:
        return NOBODY
    plain = "".join(words)
    families = frozenset().union(*(_families().get(word, frozenset()) for word in (*words, plain)))
    inner = tuple((word, folded(word), bones(word)) for word in words if len(word) >= WORD_FROM)
    latin = _is_latin(text or "")
    return Name(plain, words, sound(plain), bones(plain), folded(plain), inner, families, is_latin=latin)


def _is_latin(text: str) -> bool:
    return text.isascii() or all("LATIN" in unicodedata.name(one, "LATIN") for one in text if one.isalpha())


@cache
def _placeholders() -> dict[str, frozenset[str]]:
    rows = _rows("placeholders")
    return {
        kind: frozenset(row["text"] for row in rows if row["field"] == kind)
        for kind in ("name", "first_name", "surname", "whole")
    }


@cache
def _families() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, row in enumerate(_rows("name_families")):
        for written in (row["name"], *row["also"].split("|")):
            found.setdefault("".join(parts(written)), set()).add(number)
    return {written: frozenset(numbers) for written, numbers in found.items()}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
