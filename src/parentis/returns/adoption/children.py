"""The list of children for adoption: Annex A list 10, as Ofsted asks for it at an inspection.

Ofsted, *Inspecting local authority children's services*, Annex A, list 10 (headings as aliases). A child is listed
from the decision that they should be placed for adoption until the adoption order or the decision that they should
not.
"""

from parentis.references import Ref
from parentis.returns.adoption.columns import ETHNICITIES, YES_NO, date, hashed
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Retention, Spec, Table, codes

REVERSALS = codes(
    A="The child's needs changed",
    B="The court did not make a placement order",
    C="Prospective adopters could not be found",
    D="Any other reason",
)

TABLE = Table(
    name="children",
    meaning="A child whose plan is, or in the year was, adoption: one row each.",
    columns=(
        hashed("CHILD", "The authority's own number for the child.", "Child Unique ID", "Child ID", key=True),
        hashed("FAMILY", "The same for brothers and sisters who are to be placed together.", "Family identifier"),
        Column(name="GENDER", kind=Kind.TEXT, meaning="As recorded.", aliases=("Sex",), retention=Retention.DROP),
        Column(name="ETHNICITY", kind=Kind.CODE, codes=ETHNICITIES, meaning="In six groups."),
        Column(
            name="DOB",
            kind=Kind.DATE,
            meaning="Date of birth.",
            aliases=("Date of Birth",),
            regional=Retention.MONTH,
            example="01/06/2021",
        ),
        Column(
            name="DISABILITY",
            kind=Kind.CODE,
            codes=YES_NO,
            meaning="Whether the child has a disability.",
            aliases=("Does the Child have a Disability",),
        ),
        date("ENTERED_CARE", "Day on which the child entered care.", "Date the Child Entered Care"),
        date(
            "DECISION",
            "Day of the agency decision maker's decision that the child should be placed for adoption.",
            "Date of Decision that Child Should be Placed for Adoption",
            key=True,
        ),
        date("PLACEMENT_ORDER", "Day of the placement order.", "Date of Placement Order"),
        date(
            "MATCHED",
            "Day on which the match with adopters was approved.",
            "Date of Matching Child and Prospective Adopters",
        ),
        date("PLACED", "Day on which the child was placed for adoption.", "Date Placed for Adoption"),
        date("ADOPTED", "Day of the adoption order.", "Date of Adoption Order"),
        date(
            "REVERSED",
            "Day of the decision that the child should no longer be placed for adoption.",
            "Date of Decision that Child Should No Longer be Placed for Adoption",
        ),
        Column(
            name="REASON",
            kind=Kind.CODE,
            codes=REVERSALS,
            meaning="Why the plan was reversed.",
            aliases=("Reason Why No Longer Planned for Adoption",),
        ),
        date(
            "FOSTERED",
            "Day on which the child moved in as a foster child with those who would adopt them.",
            "Date the child was placed for fostering in FFA or concurrent planning placement",
        ),
        Column(
            name="AGENCY_PLACED",
            kind=Kind.CODE,
            meaning="Whose family it was: own agency, another agency of the "
            "region, another authority's or agency's, a voluntary agency's.",
            codes=codes(
                OWN="Own agency",
                REGION="Another agency of the region",
                OTHER="Another authority or agency",
                VOLUNTARY="Voluntary adoption agency",
            ),
        ),
        hashed("ADOPTIVE_FAMILY", "The adoptive family's number on the agency's list of adopters."),
    ),
    optional=False,
    unique=("CHILD",),
)

CHILDREN = Return(
    spec=Spec(
        id="adoption.children",
        title="Children for adoption (Annex A, list 10)",
        tables=(TABLE,),
        source="Ofsted, Annex A to the inspection of local authority children's services, list 10",
        upper_case=True,
    ),
    submitter="authority",
    period_kind="financial-year",
    check=Ref("parentis.returns.adoption.children_rules:check"),
    exported=True,
    audience="own",
    keep_years=100,  # the regulations of 2005 require 100 years after an adoption order
)
