"""Block contracts: places paid for whether or not they are used, and the nights that were used."""

from parentis.references import Ref
from parentis.returns.commissioning.columns import (
    COMPANY,
    PARTNERSHIP,
    PROVIDER,
    SOURCE,
    TYPE,
    day,
    money,
    number,
    text,
)
from parentis.returns.models import Return
from parentis.returns.spec import Kind, Spec, Table

TABLE = Table(
    name="blocks",
    meaning="A block contract in the financial year.",
    columns=(
        text("BLOCK", "The block's id: placements of the census name it.", key=True, example="WLA-1"),
        PARTNERSHIP,
        PROVIDER,
        COMPANY,
        text("HOME_URN", "The home's number with Ofsted, where it is one home.", example="SC012345"),
        TYPE,
        number("PLACES", "Places that are bought.", "places", kind=Kind.INTEGER, key=True),
        day("STARTS", "First night of the contract.", key=True),
        day("ENDS", "Last night; empty while no end is agreed."),
        number("NIGHTS_OPEN", "Nights of places that could be used in the year.", "place-nights", kind=Kind.INTEGER,
               key=True),
        number("NIGHTS_USED", "Of these, nights with a child.", "place-nights", kind=Kind.INTEGER, key=True),
        money("PRICE", "For a place, used or not.", "pounds a week", key=True),
        number("GUARANTEE", "Share of the places that is paid for, whatever is used.", "%"),
    ),
    optional=False,
    unique=("BLOCK",),
)  # fmt: skip

BLOCKS = Return(
    spec=Spec(id="commissioning.blocks", title="Block contracts", tables=(TABLE,), source=SOURCE),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.commissioning.rules:check_blocks"),
    audience="members",
    keep_years=7,
)
