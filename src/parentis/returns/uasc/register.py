"""The claim register: data that a claim needs and the looked-after children return does not have.

Arrival, transfers under the National Transfer Scheme, the Home Office's reference and eligibility; and the periods
for which support after 18 is claimed. A child's number is the one in the looked-after children return (SSDA903).
"""

from parentis.references import Ref
from parentis.returns.models import Return
from parentis.returns.spec import Code, Column, Kind, Retention, Spec, Table, codes

ELIGIBILITY = codes(
    YES="Eligible: claimed for",
    PENDING="Not decided yet: not claimed for so far",
    NO="Not eligible",
)
REASONS = codes(
    ADULT="Found, or treated as, an adult",
    FAMILY="With an adult who is responsible by law or custom",
    NO_CLAIM="No asylum claim of their own",
    WITHDRAWN="Asylum claim withdrawn",
    OTHER="Another reason",
)
NO_YES = (Code("0", "no"), Code("1", "yes"))


def _date(name: str, meaning: str, *, key: bool = False) -> Column:
    return Column(name=name, kind=Kind.DATE, meaning=meaning, key=key, example="01/06/2023")


def _child() -> Column:
    return Column(
        name="CHILD",
        kind=Kind.TEXT,
        key=True,
        meaning="The authority's own number for the child, as in the looked-after children return.",
        retention=Retention.HASH,
        example="EXAMPLE01",
    )


CHILDREN = Table(
    name="children",
    meaning="A child who is or was claimed for, those now over 18 included: one row each.",
    columns=(
        _child(),
        Column(
            name="HO_REF",
            kind=Kind.TEXT,
            meaning="The Home Office's reference of the child.",
            retention=Retention.HASH,
            example="Z0000000",
        ),
        Column(
            name="DOB",
            kind=Kind.DATE,
            meaning="Date of birth.",
            regional=Retention.MONTH,
            example="01/06/2007",
        ),
        _date(
            "ARRIVED", "Day of arrival in the United Kingdom: which cohort's rate is paid until March 2019.", key=True
        ),
        _date("TRANSFER_IN", "First day of this authority's responsibility after a transfer; empty without one."),
        Column(name="TRANSFER_FROM", kind=Kind.TEXT, meaning="The authority the child came from, or `port`."),
        _date("TRANSFER_OUT", "First day of another authority's responsibility; empty without a transfer."),
        Column(name="TRANSFER_TO", kind=Kind.TEXT, meaning="The authority the child went to."),
        Column(name="ELIGIBILITY", kind=Kind.CODE, codes=ELIGIBILITY, key=True, meaning="Whether nights are claimed."),
        Column(name="REASON", kind=Kind.CODE, codes=REASONS, meaning="Why not eligible; empty for who is."),
        _date(
            "CEASED", "First day on which the child was no longer unaccompanied or asylum seeking; empty until then."
        ),
    ),
    optional=False,
    unique=("CHILD",),
)
LEAVERS = Table(
    name="leavers",
    meaning="A period after 18 for which leaving care support is claimed. A new row where education begins or ends.",
    columns=(
        _child(),
        _date("LEAVER_FROM", "First day of the period.", key=True),
        _date("LEAVER_TO", "The day after its last; empty while it goes on."),
        Column(
            name="IN_EDUCATION",
            kind=Kind.CODE,
            codes=NO_YES,
            meaning="In a planned programme of education or training: past 21 only they are funded.",
        ),
    ),
    unique=("CHILD", "LEAVER_FROM"),
)


REGISTER = Return(
    spec=Spec(
        id="uasc.register",
        title="Claim register of unaccompanied asylum-seeking children",
        tables=(CHILDREN, LEAVERS),
        source="What the Home Office's funding instructions 2023-24 (24 April 2023) ask to be known of a child",
        upper_case=True,  # normalised as in the looked-after children return, so that child numbers match
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.uasc.register_rules:check"),
    audience="own",
    keep_years=7,  # grants can be audited for six years
)
