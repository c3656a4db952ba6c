"""Columns that both of Annex A's adoption lists have."""

from parentis.returns.spec import Code, Column, Kind, Retention, codes

ETHNICITIES = codes(
    A="White", B="Mixed", C="Asian or Asian British", D="Black or Black British", E="Other ethnic groups",
    F="Not stated",
)  # fmt: skip
"Ethnicity codes of Ofsted's Annex A, list 10."
YES_NO = (Code("Yes", "yes"), Code("No", "no"))


def date(name: str, meaning: str, *aliases: str, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.DATE, meaning=meaning, aliases=aliases, key=key, example="01/06/2023")


def hashed(name: str, meaning: str, *aliases: str, key: bool = False) -> Column:
    return Column(
        name=name, kind=Kind.TEXT, meaning=meaning, aliases=aliases, key=key, retention=Retention.HASH,
        example=f"EXAMPLE-{name}",
    )  # fmt: skip


def text(name: str, meaning: str, *aliases: str) -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, aliases=aliases)
