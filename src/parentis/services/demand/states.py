"""States: the groups a placement can be in, and the ways care can end. Declared as tables, so that they can be changed.

Both are read from codes of the looked-after children return (HANDBOOK §13).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from parentis.errors import NotFoundError

OTHER = "other"
"The group of every placement that matches no rule; always the last."

_OWN = ("PR1",)


@dataclass(frozen=True, slots=True)
class Rule:
    """Placements with one of these PLACE codes, and, if given, one of these providers, are in `group`."""

    group: str
    places: tuple[str, ...]
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Groups:
    """Placement groups in order; the first rule that fits decides, and `other` takes the rest."""

    rules: tuple[Rule, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*dict.fromkeys(rule.group for rule in self.rules if rule.group != OTHER), OTHER)

    def of(self, place: str = "place", provider: str = "provider") -> pl.Expr:
        """The index in `names` of each row's group (Int64)."""
        index = {name: number for number, name in enumerate(self.names)}
        found = pl.lit(None, dtype=pl.Int64)
        for rule in reversed(self.rules):
            fits = pl.col(place).is_in(rule.places)
            if rule.providers:
                fits &= pl.col(provider).is_in(rule.providers)
            found = pl.when(fits).then(pl.lit(index[rule.group], dtype=pl.Int64)).otherwise(found)
        return found.fill_null(index[OTHER])


COMMISSIONING = Groups(
    (
        Rule("kinship", ("U1", "U2", "U3")),
        Rule("fostering in-house", ("U4", "U5", "U6"), _OWN),
        Rule("fostering independent", ("U4", "U5", "U6")),
        Rule("secure", ("K1",)),
        Rule("residential", ("K2", "R1", "S1")),
        Rule("supported", ("H5", "P2", "K3")),
        Rule("with parents", ("P1",)),
        Rule("placed for adoption", ("A3", "A4", "A5", "A6")),
    )
)
"Groups by what commissioners buy and do not buy."

FOUR = Groups(
    (
        Rule("fostering", ("U1", "U2", "U3", "U4", "U5", "U6")),
        Rule("residential", ("K2", "R1")),
        Rule("supported", ("H5", "P2", "K3")),
    )
)
"The coarse groups used to compare with forecasts of other tools."

KNOWN: Mapping[str, Groups] = {"commissioning": COMMISSIONING, "four": FOUR}


def groups_named(text: str) -> Groups:
    """A known set of groups by name, or groups written out: `fostering=U1 U2 U3 U4; residential=K2 R1`.

    A provider follows a slash: `own=U4/PR1 U5/PR1`. Raises NotFoundError for anything else.
    """
    if text in KNOWN:
        return KNOWN[text]
    rules = [rule for part in text.split(";") if part.strip() for rule in _written(part)]
    if not rules:
        raise _unknown(text)
    return Groups(tuple(rules))


def _written(part: str) -> list[Rule]:
    name, equals, codes = part.partition("=")
    if not (name.strip() and equals and codes.strip()):
        raise _unknown(part)
    rules = []
    for code in codes.replace(",", " ").split():
        place, _, provider = code.upper().partition("/")
        rules.append(Rule(name.strip(), (place,), (provider,) if provider else ()))
    return rules


def _unknown(text: str) -> NotFoundError:
    return NotFoundError(
        expected=f"placement groups: {', '.join(KNOWN)}, or written out as 'name=CODE CODE; name=CODE'",
        found=repr(text),
        where="--groups",
        do="A code is a PLACE code, with /PROVIDER after it where the provider matters: U4/PR1.",
    )


EXITS: tuple[str, ...] = (
    "returned home",
    "guardianship",
    "adopted",
    "aged out",
    "transferred",
    "custody",
    "other exit",
)
"Guardianship is special guardianship and child arrangements orders."

AGED_OUT = EXITS.index("aged out")

_REASONS: Mapping[str, tuple[str, ...]] = {
    "returned home": ("E4A", "E4B", "E4", "E13"),
    "guardianship": ("E41", "E43", "E44", "E45", "E46", "E47", "E48"),
    "adopted": ("E11", "E12"),
    "aged out": ("E5", "E6", "E17"),
    "transferred": ("E3", "E7"),
    "custody": ("E9",),
}
"REC codes by exit; every other code is `other exit`. A child who leaves at 18 has aged out, whatever the code."


def exit_of(reason: str = "reason_out") -> pl.Expr:
    """The index in `EXITS` of each row's reason episode ceased (Int64)."""
    codes = {code: EXITS.index(name) for name, listed in _REASONS.items() for code in listed}
    return pl.col(reason).replace_strict(codes, default=len(EXITS) - 1, return_dtype=pl.Int64)
