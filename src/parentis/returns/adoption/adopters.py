"""The list of prospective adopters: Annex A list 11, one row per person. Two adopters can form one family."""

from parentis.references import Ref
from parentis.returns.adoption.columns import ETHNICITIES, YES_NO, date, hashed
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Retention, Spec, Table, codes

LEFT = codes(A="Withdrew", B="On hold", C="Refused")

TABLE = Table(
    name="adopters",
    meaning="A person who asked about adopting, was assessed or approved in the year: one row each.",
    columns=(
        hashed("ADOPTER", "The person's own number.", "Individual adopter identifier", "Adopter ID", key=True),
        hashed("FAMILY", "The same for two people who adopt together.", "Family identifier", key=True),
        Column(name="GENDER", kind=Kind.TEXT, meaning="As recorded.", aliases=("Sex",), retention=Retention.DROP),
        Column(name="ETHNICITY", kind=Kind.CODE, codes=ETHNICITIES, meaning="In six groups."),
        Column(
            name="DISABILITY",
            kind=Kind.TEXT,
            meaning="Whether the person has a disability.",
            aliases=("Does the Adopter have a Disability",),
            retention=Retention.DROP,
        ),
        Column(
            name="EARLY_PERMANENCE",
            kind=Kind.CODE,
            codes=YES_NO,
            meaning="Whether they would foster for adoption.",
            aliases=("Is the (prospective) adopter fostering for adoption?", "Fostering for adoption"),
        ),
        date("ENQUIRED", "Day of the first enquiry.", "Date enquiry received"),
        date("STAGE_1_START", "Day on which stage 1 began (registration).", "Date Stage 1 started"),
        date("STAGE_1_END", "Day on which stage 1 ended.", "Date Stage 1 ended"),
        date("STAGE_2_START", "Day on which stage 2 began.", "Date Stage 2 started"),
        date("STAGE_2_END", "Day on which stage 2 ended.", "Date Stage 2 ended"),
        date("APPLIED", "Day on which the application went in.", "Date application submitted"),
        date("APPROVED", "Day of the approval.", "Date application approved"),
        date("MATCHED", "Day on which a match was approved.", "Date adopter matched with child(ren)"),
        date("PLACED", "Day on which a child was placed with them.", "Date child/children placed with adopter(s)"),
        Column(
            name="CHILDREN",
            kind=Kind.INTEGER,
            meaning="Children placed with them.",
            unit="children",
            aliases=("No. of children placed",),
            example="1",
        ),
        date("ADOPTED", "Day of the adoption order.", "Date of Adoption Order"),
        date("LEFT", "Day on which they left the process.", "Date adopter left adoption process"),
        Column(
            name="REASON",
            kind=Kind.CODE,
            codes=LEFT,
            meaning="Why they left.",
            aliases=("Reason adopter left adoption process",),
        ),
        Column(name="APPROVED_FOR", kind=Kind.INTEGER, meaning="Most children they are approved for.", unit="children"),
        Column(
            name="OLDEST", kind=Kind.INTEGER, meaning="Age of the oldest child they are approved for.", unit="years"
        ),
    ),
    optional=False,
    unique=("ADOPTER",),
)

ADOPTERS = Return(
    spec=Spec(
        id="adoption.adopters",
        title="Prospective adopters (Annex A, list 11)",
        tables=(TABLE,),
        source="Ofsted, Annex A to the inspection of local authority children's services, list 11",
        upper_case=True,
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.adoption.adopters_rules:check"),
    exported=True,
    audience="own",
    keep_years=100,
)
