"""An agency's costs, its members' contributions, and every placement for which a fee is paid. The host submits it."""

from parentis.references import Ref
from parentis.returns.adoption.columns import date, hashed, text
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table, codes

LINES = codes(
    STAFF="Staff", PREMISES="Premises, information technology and supplies", PANEL="Panels and medical advice",
    HOST="The host's charge for its services", SUPPORT="Adoption support", FEES_PAID="Inter-agency fees paid",
    FEES_RECEIVED="Inter-agency fees received (below 0)", GRANT="Grant (below 0)", OTHER="Other",
)  # fmt: skip
DIRECTIONS = codes(BOUGHT="Paid to another agency", SOLD="Received from another authority or agency")


def _pounds(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.MONEY, meaning=meaning, unit="pounds", key=key, example="1000.00")


COSTS = Table(
    name="costs",
    meaning="A line of the agency's budget.",
    columns=(
        Column(name="LINE", kind=Kind.CODE, codes=LINES, meaning="What the money is for.", key=True),
        text("DETAIL", "In the agency's own words."),
        _pounds("BUDGET", "Agreed for the year.", key=True),
        _pounds("OUTTURN", "Spent, once the year is over."),
        Column(name="FTE", kind=Kind.NUMBER, meaning="Full-time equivalent posts.", unit="posts"),
    ),
    optional=False,
)
CONTRIBUTIONS = Table(
    name="contributions",
    meaning="What a member pays for the year.",
    columns=(
        text("MEMBER", "The borough's name or code."),
        _pounds("PAID", "Agreed contribution.", key=True),
        _pounds("TRANSFERRED", "Its own adoption budget before it joined."),
    ),
    optional=False,
    unique=("MEMBER",),
)
FEES = Table(
    name="fees",
    meaning="A placement that an inter-agency fee is paid for.",
    columns=(
        text("MEMBER", "The borough whose child, or whose agency's family, it is."),
        hashed("CHILD", "The child's number, as in the list of children."),
        Column(name="DIRECTION", kind=Kind.CODE, codes=DIRECTIONS, meaning="Paid or received.", key=True),
        text("AGENCY", "The other agency."),
        date("PAID_ON", "Day on which it fell due.", key=True),
        _pounds("FEE", "Amount.", key=True),
        Column(
            name="SIBLINGS", kind=Kind.INTEGER, meaning="Children that the fee covers.", unit="children", example="1"
        ),
    ),
)

MONEY = Return(
    spec=Spec(
        id="adoption.money",
        title="What an adoption agency costs, and who pays",
        tables=(COSTS, CONTRIBUTIONS, FEES),
        source="The region's own: what agreements of regional adoption agencies turn on",
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.adoption.money_rules:check"),
    audience="members",
    keep_years=7,
)
