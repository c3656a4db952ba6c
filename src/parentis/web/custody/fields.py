"""What a notice may contain, and who may read it: data, reviewed like a return's code list.

A field that identifies the child is encrypted in the enclave, and `audiences` says who may read it. Every other field
is a column of `Detention`, visible to everybody who can see the case. docs/custody-fields.md shows this as a table.
"""

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """The capacity in which somebody reads a case."""

    AUTHORITY = "authority"
    FORCE = "force"
    DESK = "desk"
    HOST = "host"


AUDIENCE_TITLES = {
    Audience.AUTHORITY: "the authority it was sent to",
    Audience.FORCE: "the force that holds the child",
    Audience.DESK: "the routing desk, while it is there",
    Audience.HOST: "the duty desk where the suite stands",
}


class Form(StrEnum):
    """How a field is entered."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    MOMENTS = "moments"
    CODE = "code"
    AUTHORITY = "authority"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`codes`: its code list. `audiences`: who may read it, for an encrypted field; empty for columns."""

    id: str
    title: str
    form: Form = Form.TEXT
    longest: int = 200
    codes: str = ""
    audiences: frozenset[Audience] = frozenset()

    @property
    def is_sealed(self) -> bool:
        return bool(self.audiences)


ALL = frozenset(Audience)
NEAR = frozenset({Audience.AUTHORITY, Audience.FORCE, Audience.DESK})
BOTH = frozenset({Audience.AUTHORITY, Audience.FORCE})

CODES: dict[str, dict[str, str]] = {
    "sex": {"F": "Female", "M": "Male", "U": "Not stated"},
    "ethnicity": {
        "A": "Asian or Asian British",
        "B": "Black, Black British, Caribbean or African",
        "M": "Mixed or multiple",
        "O": "Another group",
        "W": "White",
        "N": "Not stated",
    },
    "offence": {
        "violence": "Violence against the person",
        "sexual": "Sexual offences",
        "robbery": "Robbery",
        "burglary": "Burglary",
        "theft": "Theft",
        "vehicle": "Vehicle offences",
        "weapons": "Possession of weapons",
        "drugs": "Drug offences",
        "damage": "Criminal damage and arson",
        "public-order": "Public order",
        "breach": "Breach of bail or an order; warrant",
        "other": "Other",
    },
    "status": {
        "looked after": "Looked after",
        "care leaver": "Care leaver",
        "open case": "Open to children's services",
        "youth justice order": "On a youth justice order",
    },
    "proof": {
        "fingerprints": "Police records, by fingerprints",
        "document": "An identity document",
        "parent": "A parent or guardian",
        "professional": "A professional who knows the child",
    },
    "bail": {"granted": "Bail granted", "refused": "Bail refused", "no-charge": "Released without charge"},
    "accommodation": {"non-secure": "Accommodation", "secure": "Secure accommodation"},
    "answer": {
        "place": "A place is offered",
        "no-secure-place": "No secure accommodation is available",
        "failed": "Failed to accommodate, s.21",
    },
    "ground": {
        "impracticable": "Impracticable, section 38(6)(a)",
        "serious harm": "Serious harm, section 38(6)(b)",
    },
    "aa_source": {
        "parent": "Parent or guardian",
        "social-worker": "Social worker",
        "scheme": "Appropriate adult scheme",
        "other": "Another adult",
    },
}
"""Code lists, each code with its title. Those that the return of detentions has are its own (a test holds them
together)."""

FIELDS: tuple[Field, ...] = (
    Field(id="record_number", title="Custody record number", longest=60, audiences=NEAR),
    Field(id="first_name", title="First name", longest=100, audiences=ALL),
    Field(id="surname", title="Surname", longest=100, audiences=ALL),
    Field(id="other_names", title="Other names", longest=200, audiences=NEAR),
    Field(id="date_of_birth", title="Date of birth", form=Form.DATE, audiences=ALL),
    Field(id="address", title="Address", longest=300, audiences=NEAR),
    Field(id="postcode", title="Postcode", longest=10, audiences=NEAR),
    Field(id="merlin_number", title="Merlin number", longest=40, audiences=BOTH),
    Field(id="needs", title="Health, needs and risks", longest=2000, audiences=ALL - {Audience.DESK}),
    Field(id="justification", title="Why secure accommodation is requested", longest=2000, audiences=BOTH),
    Field(id="reasons", title="Reasons for the certificate of section 38(7)", longest=2000, audiences=BOTH),
    Field(id="sex", title="Sex", form=Form.CODE, codes="sex"),
    Field(id="ethnicity_self", title="Ethnicity, self-defined", form=Form.CODE, codes="ethnicity"),
    Field(id="ethnicity_officer", title="Ethnicity, officer-defined", form=Form.CODE, codes="ethnicity"),
    Field(id="offence_group", title="Offence", form=Form.CODE, codes="offence"),
    Field(id="claimed_status", title="Care status or order, as claimed", form=Form.CODE, codes="status"),
    Field(id="claimed_authority", title="Responsible authority, as claimed", form=Form.AUTHORITY),
    Field(id="claimed_residence", title="Authority they live in, as claimed", form=Form.AUTHORITY),
    Field(id="confirmed_by", title="Who the child is, confirmed by", form=Form.CODE, codes="proof"),
    Field(id="arrival", title="Arrived", form=Form.MOMENT),
    Field(id="authorised", title="Detention authorised", form=Form.MOMENT),
    Field(id="relevant", title="Relevant time", form=Form.MOMENT),
    Field(id="reviews", title="Reviews of detention", form=Form.MOMENTS),
    Field(id="charge", title="Charged", form=Form.MOMENT),
    Field(id="bail_decision", title="Bail decided", form=Form.MOMENT),
    Field(id="bail", title="Bail", form=Form.CODE, codes="bail"),
    Field(id="request", title="Accommodation requested at", form=Form.MOMENT),
    Field(id="accommodation", title="Accommodation requested", form=Form.CODE, codes="accommodation"),
    Field(id="transfer", title="Moved to accommodation", form=Form.MOMENT),
    Field(id="release", title="Released", form=Form.MOMENT),
    Field(id="aa_requested", title="Appropriate adult requested", form=Form.MOMENT),
    Field(id="aa_arrived", title="Appropriate adult arrived", form=Form.MOMENT),
    Field(id="aa_source", title="Appropriate adult", form=Form.CODE, codes="aa_source"),
    Field(id="merlin", title="Merlin entered", form=Form.MOMENT),
    Field(id="certificate", title="Certificate of section 38(7) signed", form=Form.MOMENT),
    Field(id="ground", title="Ground of the certificate", form=Form.CODE, codes="ground"),
    Field(id="strip_searched", title="Strip search", form=Form.FLAG),
    Field(id="force_used", title="Force used", form=Form.FLAG),
    Field(id="court", title="Before a court", form=Form.MOMENT),
)
BY_ID = {one.id: one for one in FIELDS}
SEALED = tuple(one.id for one in FIELDS if one.is_sealed)
COLUMNS = tuple(one.id for one in FIELDS if not one.is_sealed)


def readable(audiences: frozenset[Audience]) -> tuple[str, ...]:
    """The encrypted fields that these audiences may read, in the order of the table."""
    return tuple(one.id for one in FIELDS if one.audiences & audiences)


def document() -> str:
    """The text of docs/custody-fields.md: what a notice may contain, and who may read it."""
    audiences = list(AUDIENCE_TITLES.items())
    lines = [
        "# Fields of a custody notice, and who can see them",
        "",
        "Generated from `web/custody/fields.py` by `python script/custody_fields_page.py`.",
        "",
        "A field that identifies the child is encrypted; the table shows who can open it, each time for a "
        "reason that is on the audit record. Nobody else does, whatever their role. The other fields are seen by "
        "whoever sees the case: those of the table, and of the authority it was sent to also who answers for data "
        "protection.",
        "",
        f"| Encrypted field | Id | {' | '.join(title for _, title in audiences)} |",
        f"|---|---|{'---|' * len(audiences)}",
    ]
    for one in FIELDS:
        if one.is_sealed:
            marks = " | ".join("yes" if audience in one.audiences else "" for audience, _ in audiences)
            lines.append(f"| {one.title} | `{one.id}` | {marks} |")
    lines += ["", "| Other field | Id | Form |", "|---|---|---|"]
    for one in FIELDS:
        if not one.is_sealed:
            codes = "; ".join(f"`{code}` {title}" for code, title in CODES.get(one.codes, {}).items())
            lines.append(f"| {one.title} | `{one.id}` | {codes or one.form} |")
    return "\n".join(lines) + "\n"
