"""Code lists of the looked-after children return as they stood in 2016-17, and those that came later."""

from parentis.returns.spec import Code, codes

NO_YES = (Code("0", "no"), Code("1", "yes"))

SEX_UNTIL_2023_24 = (Code("1", "male"), Code("2", "female"))
SEX_FROM_2024_25 = codes(M="male", F="female", U="not recorded or unknown")

ETHNIC = codes(
    WBRI="White British",
    WIRI="White Irish",
    WOTH="any other White background",
    WIRT="Traveller of Irish heritage",
    WROM="Gypsy or Roma",
    MWBC="White and Black Caribbean",
    MWBA="White and Black African",
    MWAS="White and Asian",
    MOTH="any other mixed background",
    AIND="Indian",
    APKN="Pakistani",
    ABAN="Bangladeshi",
    AOTH="any other Asian background",
    BCRB="Caribbean",
    BAFR="African",
    BOTH="any other Black background",
    CHNE="Chinese",
    OOTH="any other ethnic group",
    REFU="refused",
    NOBT="information not yet obtained",
)

RNE = codes(
    S="started to be looked after",
    L="change of legal status only",
    P="change of placement and carer only",
    T="change of placement, same carer",
    B="change of legal status and of placement and carer at the same time",
    U="change of legal status and of placement at the same time, same carer",
)

LS = codes(
    C1="interim care order",
    C2="full care order",
    D1="freeing order granted",
    E1="placement order granted",
    V2="single period of accommodation (section 20)",
    V3="accommodated under an agreed series of short breaks, individual episodes recorded",
    V4="accommodated under an agreed series of short breaks, agreement recorded",
    L1="under police protection and in local authority accommodation",
    L2="emergency protection order",
    L3="under child assessment order and in local authority accommodation",
    J1="remanded to local authority accommodation or youth detention accommodation",
    J2="detained in local authority accommodation under the Police and Criminal Evidence Act",
    J3="sentenced to a youth rehabilitation order with a residence requirement",
)

CIN = codes(
    N1="abuse or neglect",
    N2="child's disability",
    N3="parental illness or disability",
    N4="family in acute stress",
    N5="family dysfunction",
    N6="socially unacceptable behaviour",
    N7="low income",
    N8="absent parenting",
)

PLACE = codes(
    A3="placed for adoption with consent, with current foster carer",
    A4="placed for adoption with consent, not with current foster carer",
    A5="placed for adoption with placement order, with current foster carer",
    A6="placed for adoption with placement order, not with current foster carer",
    H5="semi-independent living accommodation not subject to children's homes regulations",
    K1="secure children's home",
    K2="children's home subject to children's homes regulations",
    P1="placed with own parents or other person with parental responsibility",
    P2="independent living",
    P3="residential employment",
    R1="residential care home",
    R2="NHS or other health establishment giving medical or nursing care",
    R3="family centre or mother and baby unit",
    R5="young offender institution",
    S1="residential school",
    T0="all types of temporary move",
    T1="temporary periods in hospital",
    T2="temporary absences on holiday",
    T3="temporary accommodation whilst normal foster carer is on holiday",
    T4="temporary accommodation of seven days or less, for any other reason",
    U1="foster placement with relative or friend, long term",
    U2="foster placement with relative or friend who is also an approved adopter",
    U3="foster placement with relative or friend, not long term or fostering for adoption",
    U4="foster placement with other foster carer, long term",
    U5="foster placement with other foster carer who is also an approved adopter",
    U6="foster placement with other foster carer, not long term or fostering for adoption",
    Z1="other placement",
)
SUPPORTED_ACCOMMODATION = codes(K3="registered supported accommodation")
OTHER_FROM_2025_26 = codes(
    Z11="other placement, first kind",
    Z12="other placement, second kind, seen with deprivation of liberty orders",
    Z13="other placement, third kind, seen with deprivation of liberty orders",
    Z14="other placement, fourth kind",
)
"Our sources do not define the four kinds; the labels state only what follows from the rules."

PLACE_PROVIDER = codes(
    PR0="parents or other person with parental responsibility",
    PR1="own provision by the authority",
    PR2="other local authority provision",
    PR3="other public provision",
    PR4="private provision",
    PR5="voluntary or third sector provision",
)

REC = codes(
    X1="episode ceases and a new one begins, for any reason",
    E11="adopted, application unopposed",
    E12="adopted, consent dispensed with by the court",
    E2="died",
    E3="care taken over by another local authority in the United Kingdom",
    E4A="returned home to live with parents as part of the care planning process, no order",
    E4B="returned home to live with parents, not part of the care planning process",
    E13="left care to live with parents or others with no parental responsibility",
    E41="child arrangements order granted",
    E45="special guardianship order to former foster carer who was a relative or friend",
    E46="special guardianship order to former foster carer other than a relative or friend",
    E47="special guardianship order to a relative or friend, not the former foster carer",
    E48="special guardianship order to another carer, not the former foster carer",
    E5="moved into independent living with supportive accommodation",
    E6="moved into independent living with no formalised support",
    E7="transferred to residential care funded by adult social services",
    E8="ceased for any other reason",
    E9="sentenced to custody",
    E14="accommodation on remand ended",
    E15="age assessment found the child to be 18 or over",
    E16="child moved abroad",
    E17="aged 18 or over and remained with current carers",
)

REASON_PLACE_CHANGE = codes(
    CARPL="change to or implementation of care plan",
    CLOSE="resignation or closure of provision",
    ALLEG="allegation",
    STAND="standards of care concern",
    APPRR="approval removed",
    CREQB="carer asks for the placement to end because of the child's behaviour",
    CREQO="carer asks for the placement to end for another reason",
    CHILD="child asks for the placement to end",
    LAREQ="authority asks for the placement to end",
    PLACE="change of status of placement only",
    CUSTOD="custody arrangement",
    OTHER="other",
)

REVIEW_CODE = codes(
    PN0="child under 4 at the time of the review",
    PN1="child attends and speaks for him or herself",
    PN2="child attends and an advocate speaks on his or her behalf",
    PN3="child attends and conveys his or her view symbolically",
    PN4="child attends but conveys no view and no one does so for him or her",
    PN5="child does not attend but briefs an advocate",
    PN6="child does not attend but conveys his or her feelings in another way",
    PN7="child does not attend and conveys no view",
)

SDQ_REASON = codes(
    SDQ1="no form returned, child under 4 or over 17 at date of last assessment",
    SDQ2="carer refused to complete the questionnaire",
    SDQ3="not possible to complete because of severity of the child's disability",
    SDQ4="other",
    SDQ5="child or young person refused to allow it",
)

IN_TOUCH = codes(
    YES="in touch",
    NO="not in touch",
    DIED="young person died after leaving care",
    REFU="young person refuses contact",
    NREQ="young person no longer requires services",
    RHOM="young person returned home",
)

ACTIV = (
    *codes(
        F1="full time in higher education",
        P1="part time in higher education",
        F2="full time in education other than higher education",
        P2="part time in education other than higher education",
        F4="full time in employment",
        P4="part time in employment",
        F5="full time in apprenticeship or training",
        P5="part time in apprenticeship or training",
        G4="not in education, employment or training: illness or disability",
        G5="not in education, employment or training: other circumstances",
        G6="not in education, employment or training: pregnancy or parenting",
    ),
    Code("0", "no information"),
)

_ACCOMMODATION = {
    "B": "with parents or relatives",
    "C": "community home or other residential care",
    "D": "semi-independent, transitional accommodation",
    "E": "supported lodgings",
    "G": "gone abroad",
    "H": "deported",
    "K": "ordinary lodgings",
    "R": "residence not known",
    "T": "foyers and similar supported accommodation",
    "U": "independent living",
    "V": "emergency accommodation",
    "W": "bed and breakfast",
    "Y": "other accommodation",
    "Z": "with former foster carers",
}
ACCOM = (
    *(
        Code(f"{letter}{digit}", f"{label}, considered {'suitable' if digit == 1 else 'unsuitable'}")
        for letter, label in _ACCOMMODATION.items()
        for digit in (1, 2)
    ),
    Code("S2", "no fixed abode or homeless, considered unsuitable"),
    Code("X2", "in custody, considered unsuitable"),
    Code("0", "no information"),
)

NB_ADOPTR = (Code("1", "single adopter"), Code("2", "couple"))
SEX_ADOPTR = codes(M1="one man", F1="one woman", MM="two men", FF="two women", MF="a man and a woman")
LS_ADOPTR = codes(
    L0="single adopter",
    L11="married couple",
    L12="civil partnership",
    L2="different sex, unmarried couple",
    L3="same sex couple not in a civil partnership",
    L4="other or not known",
)
REASON_PLACED_CEASED = codes(
    RD1="the child's needs changed after the decision",
    RD2="the court did not make a placement order",
    RD3="prospective adopters could not be found",
    RD4="other",
)

PREV_PERM = codes(
    P1="adoption",
    P2="special guardianship order",
    P3="residence order or child arrangements order",
    P4="unknown",
    Z1="child has not left care through a permanence option before",
)

MISSING = codes(M="missing from placement", A="away from placement without authorisation")

SW_REASON = codes(
    MANAGE="managed change of caseload or team",
    FCONTA="first contact with the service",
    LEFTRL="worker left the role",
    ORGRST="organisational restructure",
    TSPROC="transferred within the authority's process",
    ABSENC="worker absent",
    CHCHAN="change asked for by the child",
    PCCHAN="change asked for by the parent or carer",
    SWDIED="worker died",
    OTHERS="other",
)
