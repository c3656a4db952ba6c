"""The return of visits: a line a hub."""

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table

TABLE = Table(
    name="visits",
    meaning="A family hub's year.",
    columns=(
        Column(name="HUB", kind=Kind.TEXT, key=True, meaning="The hub's name.", example="Practice hub"),
        Column(
            name="FAMILIES", kind=Kind.INTEGER, key=True, meaning="Families that came at least once.", unit="families"
        ),
        Column(name="UNDER_FIVES", kind=Kind.INTEGER, meaning="Of them, with a child under five.", unit="families"),
    ),
    optional=False,
    unique=("HUB",),
)


VISITS = Return(
    spec=Spec(id="hubs.visits", title="Visits to family hubs", tables=(TABLE,), source="An example"),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.hubs.rules:check"),
    audience="members",
    keep_years=7,
)
