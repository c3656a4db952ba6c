"""Uplifts: the increase each provider asked for, the increase agreed, and the reason."""

from parentis.references import Ref
from parentis.returns.commissioning.columns import (
    COMPANY,
    PARTNERSHIP,
    PROVIDER,
    SOURCE,
    TYPE,
    YES_NO,
    coded,
    day,
    money,
    number,
)  # fmt: skip
from parentis.returns.models import Return
from parentis.returns.spec import Spec, Table, codes

REASONS = codes(
    PAY="Pay and the living wage", COSTS="Other running costs", RULES="Regulation", STAFFING="More staff to a child",
    NONE="No reason given",
)  # fmt: skip

TABLE = Table(
    name="uplifts",
    meaning="A provider's request for a higher price.",
    columns=(
        PARTNERSHIP,
        PROVIDER,
        COMPANY,
        TYPE,
        day("FROM", "From when it was asked for.", key=True),
        money("BEFORE", "The price before, on average.", "pounds a week"),
        number("ASKED", "The rise that was asked for.", "%", key=True),
        number("AGREED", "The rise that was agreed; empty while it is not decided.", "%"),
        day("AGREED_ON", "Day of the decision."),
        number("WEEKS", "Weeks of placements a year that it bears on.", "weeks"),
        coded("REASON", "The main reason given.", REASONS),
        coded("EVIDENCE", "Whether accounts or payrolls were shown.", YES_NO),
    ),
    optional=False,
)

UPLIFTS = Return(
    spec=Spec(id="commissioning.uplifts", title="Uplifts asked for and agreed", tables=(TABLE,), source=SOURCE),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.commissioning.rules:check_uplifts"),
    audience="members",
    keep_years=7,
)
