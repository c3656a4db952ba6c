"""The quarterly adoption collection: an agency's figures for its boroughs' children and for its families.

Voluntary. Items A8a, A8b, B4, C3 (children) and A12, A13, B8 (families) are numbered as in the collection's guidance
for 2014-15, whose files were called `999LLLL_EDUCVA1_ALBQ1201415`: authority's number, collection, quarter and
financial year. Later guidance could not be obtained, so the answers to C3 are words, not invented codes.
"""

from parentis.references import Ref
from parentis.returns.adoption.columns import YES_NO, date, hashed, text
from parentis.returns.models import Return
from parentis.returns.spec import Column, Kind, Spec, Table, codes

PROVIDERS = codes(
    PR1="Own provision of the authority or its agency", PR2="Another authority's provision, or another agency's",
    PR5="Voluntary adoption agency",
)  # fmt: skip
FINDING = codes(
    FINDING="A family is being looked for", APPEALED="The placement order is appealed",
    FOUND="A family is found, and not matched yet", OTHER="Something else", NONE="No family is looked for",
)  # fmt: skip

CHILDREN = Table(
    name="collected_children",
    meaning="A child of one of the agency's boroughs with a decision for adoption, as the agency's own record says at "
    "the end of the quarter.",
    columns=(
        hashed("CHILD", "The borough's own number for the child.", "Child Unique ID", key=True),
        text("BOROUGH", "Whose child it is: the borough's name or code.", "LA code", "Local authority"),
        date("DECISION", "Day of the decision that the child should be placed for adoption."),
        date("PLACEMENT_ORDER", "Day of the placement order."),
        date("MATCHED", "Day on which the match was approved (B4).", "B4"),
        date("PLACED", "Day on which the child was placed for adoption."),
        date("ADOPTED", "Day of the adoption order."),
        Column(
            name="PROVIDER", kind=Kind.CODE, codes=PROVIDERS, meaning="Whose family it is (A8a).", aliases=("A8a",)
        ),
        text("PROVIDER_URN", "Ofsted's number of the provider (A8b).", "A8b"),
        Column(
            name="FAMILY_FINDING", kind=Kind.CODE, codes=FINDING, key=True,
            meaning="Where looking for a family stands (C3).", aliases=("C3",),
        ),
    ),
    optional=False,
    unique=("CHILD", "BOROUGH"),
)  # fmt: skip
FAMILIES = Table(
    name="collected_families",
    meaning="An approved family, as the agency's own record says at the end of the quarter.",
    columns=(
        hashed("FAMILY", "The family's number on the list of adopters.", "Family identifier", key=True),
        Column(
            name="EARLY_PERMANENCE", kind=Kind.CODE, codes=YES_NO, aliases=("A12",),
            meaning="Whether they would foster for adoption (A12).",
        ),
        Column(
            name="PROVIDER", kind=Kind.CODE, codes=PROVIDERS, aliases=("A13",), key=True,
            meaning="Who assessed them (A13).",
        ),
        date("FAMILY_MATCHED", "Day on which a match was approved (B8).", "B8"),
    ),
    unique=("FAMILY",),
)  # fmt: skip

COLLECTION = Return(
    spec=Spec(
        id="adoption.collection",
        title="Quarterly collection of adoption, by agency",
        tables=(CHILDREN, FAMILIES),
        source="Adoption and Special Guardianship Leadership Board, quarterly collection, guidance for 2014-15 (items);"
        " its tables as London's agencies record them",
        upper_case=True,
    ),
    submitter="authority",
    period_kind="quarter",
    check=Ref("parentis.returns.adoption.collection_rules:check"),
    audience="own",
    keep_years=7,
)
