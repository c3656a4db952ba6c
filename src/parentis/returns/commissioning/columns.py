"""Columns shared by several commissioning returns, and their code lists."""

from parentis.returns.spec import Code, Column, Kind, Retention

SOURCE = "The region's own: what sub-regional commissioning partnerships know of their contracts"
YES_NO = (Code("Y", "yes"), Code("N", "no"))


def text(name: str, meaning: str, *, key: bool = False, example: str = "") -> Column:
    return Column(name=name, kind=Kind.TEXT, meaning=meaning, key=key, example=example)


def day(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.DATE, meaning=meaning, key=key, example="01/04/2025")


def number(name: str, meaning: str, unit: str, *, kind: Kind = Kind.NUMBER, key: bool = False) -> Column:
    return Column(name=name, kind=kind, meaning=meaning, unit=unit, key=key, example="10")


def money(name: str, meaning: str, unit: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit=unit, key=key, example="1000.00")


def coded(name: str, meaning: str, codes: tuple[Code, ...], *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.CODE, meaning=meaning, codes=codes, key=key)


def hashed(name: str, meaning: str) -> Column:
    return Column(
        name=name, kind=Kind.TEXT, meaning=meaning, retention=Retention.HASH, key=True, example=f"EXAMPLE-{name}"
    )


PARTNERSHIP = text("PARTNERSHIP", "The commissioning partnership's code: `WLA`.", key=True, example="WLA")
PROVIDER = text("PROVIDER", "The provider's name.", example="Example Care Ltd")
COMPANY = text("COMPANY", "The provider's number at Companies House.", example="01234567")
TYPE = text("TYPE", "Type of provision, as London's placements census calls it.", example="Residential - Mainstream")
