"""A practice name as somebody else writes it: spelled by ear, in another script, or shortened.

The rules and letters here imitate people who write names down; they are independent of the code that compares names.
"""

import unicodedata
from collections.abc import Callable
from typing import Final

import numpy as np

Rng = np.random.Generator

_EARS: Final = (
    ("mohammed", ("muhammed", "mahamed", "magomed", "mehmet", "maxamed", "mamadou")),
    ("muhammad", ("mohamed", "mokhammad", "mehmed", "mohamad")),
    ("hussain", ("hussein", "huseyin", "khusein", "xuseen", "hosein")),
    ("hassan", ("hasan", "khasan", "xasan", "hassane")),
    ("hussein", ("hussain", "huseyin", "khusein", "hoseyn")),
    ("ibrahim", ("ebrahim", "brahim", "ibragim", "abrahim")),
    ("yusuf", ("youssef", "yousif", "jusuf", "joseph", "yusif")),
    ("tariq", ("tarek", "tarik", "tareq")),
    ("omar", ("umar", "omer", "oumar")),
    ("bilal", ("bilel", "belal", "bilaal")),
    ("jamal", ("gamal", "djamal", "cemal", "dzhamal")),
    ("abdul", ("abdel", "abdoul", "abdal")),
    ("ali", ("aly", "cali", "alii")),
    ("amir", ("ameer", "emir", "aamir")),
    ("fatima", ("fatema", "fatma", "faadumo", "fatimah")),
    ("aisha", ("ayesha", "aicha", "caasha", "aysha")),
    ("ayesha", ("aisha", "aicha", "aysha")),
    ("khadija", ("hadija", "khadidja", "khadiija", "kadija")),
    ("maryam", ("mariam", "meryem", "miriam", "maryan")),
    ("zainab", ("zaynab", "zeynep", "zeinab")),
    ("amina", ("aminah", "aamina", "emine")),
    ("yasmin", ("jasmin", "yasmeen", "jasmine")),
    ("hafsa", ("hafsah", "xafsa", "khafsa")),
    ("zakariya", ("zakaria", "zekeriya", "zachariah")),
    ("alexander", ("oleksandr", "aleksandr", "iskandar", "aleksander")),
    ("gabriel", ("gavriil", "jibril", "gabriele")),
    ("isaac", ("ishaq", "izaak", "isaak")),
    ("jacob", ("yakub", "yaqoob", "jakob", "yaakov")),
    ("joseph", ("yosef", "josef", "iosif")),
    ("elijah", ("ilyas", "eliyah", "ilija")),
    ("samuel", ("samuil", "shmuel", "samwel")),
    ("daniel", ("danyal", "daniil", "danial")),
    ("adam", ("aadam", "adham", "aden")),
    ("mateusz", ("matheus", "mateus", "matvei")),
    ("qureshi", ("kureshi", "quraishi", "koreshi")),
    ("chowdhury", ("choudhry", "chaudhuri", "chowdury")),
    ("rahman", ("rehman", "rakhman", "rahmaan")),
    ("rashid", ("rasheed", "rachid", "reshid")),
    ("uddin", ("udin", "ouddine", "uddeen")),
    ("haque", ("haq", "hoque", "huq")),
    ("khan", ("han", "khaan", "xan")),
    ("ahmed", ("ahmad", "akhmed", "axmed", "ahmet")),
    ("ahmad", ("ahmed", "akhmad", "ahmet")),
    ("abdi", ("cabdi", "abdy", "abdii")),
    ("warsame", ("warsama", "varsame", "warsameh")),
    ("yıldız", ("yildiz", "jildiz", "ildiz")),
    ("çelik", ("celik", "chelik", "tselik")),
    ("nguyen", ("ngyuen", "nguen", "nguyan")),
    ("kowalski", ("kovalsky", "kowalsky", "kovalskyi")),
    ("nowak", ("novak", "nowack", "nowakh")),
    ("tesfaye", ("tesfay", "tesfai", "tasfaye")),
    ("shah", ("sha", "shaah", "chah")),
    ("singh", ("sing", "sinh", "singha")),
    ("miah", ("mia", "mieah", "miya")),
)
"""Names as spelled by ear by people who do not know the language of the name, and as spelled in other countries."""

_RULES: Final = (
    ("kh", "h"), ("ou", "u"), ("ee", "i"), ("oo", "u"), ("ck", "k"), ("ph", "f"), ("sz", "sh"), ("q", "k"),
    ("w", "v"), ("j", "dzh"), ("x", "ks"), ("th", "t"), ("y", "i"), ("c", "k"), ("ll", "l"), ("ss", "s"),
    ("mm", "m"), ("e", "a"), ("u", "o"), ("o", "u"), ("i", "y"),
)  # fmt: skip
"""Spelling changes for names that `_EARS` does not have; the first two that apply are made."""

_CYRILLIC: Final = str.maketrans({
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "дж", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "w": "в", "x": "кс", "y": "й", "z": "з",
})  # fmt: skip
_CYRILLIC_PAIRS: Final = (("sh", "ш"), ("kh", "х"), ("ch", "ч"), ("ph", "ф"), ("th", "т"), ("ya", "я"), ("yu", "ю"))
_ARABIC_PAIRS: Final = (("sh", "ش"), ("kh", "خ"), ("th", "ث"), ("gh", "غ"), ("ou", "و"), ("oo", "و"), ("ee", "ي"))
_ARABIC: Final = str.maketrans({
    "b": "ب", "p": "ب", "t": "ت", "j": "ج", "h": "ح", "d": "د", "r": "ر", "z": "ز", "s": "س", "c": "س", "f": "ف",
    "v": "ف", "q": "ق", "k": "ك", "g": "ج", "l": "ل", "m": "م", "n": "ن", "w": "و", "y": "ي", "x": "كس",
    "a": "", "e": "", "i": "", "o": "", "u": "",
})  # fmt: skip
_SHORT: Final = {
    "alexander": "sasha", "anthony": "tony", "abdul": "abdi", "charlie": "chaz", "daniel": "danny", "nathaniel": "nate",
    "samuel": "sam", "joshua": "josh", "theo": "teddy", "ezekiel": "zeke", "mohammed": "mo", "muhammad": "mo",
    "sebastian": "seb", "patrick": "paddy", "jacob": "jake", "olivia": "liv", "abigail": "abby", "bethany": "beth",
    "catherine": "kate", "kathryn": "kat", "george": "georgie", "emmanuel": "manny", "gabriel": "gabe",
    "harvey": "harv", "isaac": "zac", "lucas": "luke", "zakariya": "zak", "yusuf": "joe",
}  # fmt: skip
"""Short forms that friends use."""


def other_spelling(rng: Rng, name: str) -> str:
    """The name as another person might spell it by ear; always a different spelling where one exists."""
    return _worded(name, lambda word: _heard(rng, word))


def in_cyrillic(name: str) -> str:
    """The name as written in a document in Cyrillic letters."""
    return _worded(name, lambda word: _lettered(word, _CYRILLIC_PAIRS, _CYRILLIC))


def in_arabic(name: str) -> str:
    """The name as written in a document in Arabic letters: without its short vowels."""
    return _worded(
        name, lambda word: ("ا" if word[0] in "aeiou" else "") + _lettered(_once(word), _ARABIC_PAIRS, _ARABIC)
    )


def short_form(name: str) -> str:
    """The short form that friends use; otherwise the first three letters."""
    return _SHORT.get(name.casefold(), name[:3]).title()


def _worded(name: str, change: Callable[[str], str]) -> str:
    return " ".join(change(word) for word in _unmarked(name).replace("-", " ").split()).title()


def _unmarked(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("ł", "l"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter) and letter != "'")


def _heard(rng: Rng, word: str) -> str:
    for written, others in _EARS:
        if _unmarked(written) == word:
            return others[int(rng.integers(len(others)))]
    changed = 0
    for written, heard in _RULES:
        if written in word and changed < 2:
            word, changed = word.replace(written, heard, 1), changed + 1
    return word


def _once(word: str) -> str:
    """Without doubled letters, which that script does not double."""
    return "".join(letter for letter, before in zip(word, " " + word, strict=False) if letter != before)


def _lettered(word: str, pairs: tuple[tuple[str, str], ...], letters: dict[int, str]) -> str:
    for written, letter in pairs:
        word = word.replace(written, letter)
    return word.translate(letters)
