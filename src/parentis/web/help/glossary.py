"""The words of the site, one meaning each: its glossary and docs/glossary.md are made of them."""

WORDS: tuple[tuple[str, str], ...] = (
    ("authority", "an upper-tier council, keyed by its ONS (GSS) code"),
    ("footprint", "a dated grouping of authorities: region, sub-regional alliance, BCU, RAA, CDR, ICB"),
    ("return", "a kind of data that is submitted, declared once as a *spec*"),
    ("submission", "one submitter's files for one return and period: received, checked, accepted or rejected"),
    ("submitter", "an authority, or a publisher whose file covers many authorities"),
    ("rule", "one statutory or local check"),
    ("finding", "a row that breaks a rule"),
    ("archive", "the raw bytes of every submission, encrypted with a key of its own"),
    ("register", "the append-only table of what happened to each submission: who, when, why"),
    ("load", "the rows of one accepted submission in the lake"),
    ("lake", "typed Delta tables on a folder or an object store"),
    ("measure", "a defined statistic: unit, polarity, definition, source, audience, disclosure rule"),
    ("figure", "one value of a measure"),
    ("provenance", "the submissions, rows, code version and parameters a figure was made from"),
    ("spell", "a child's unbroken time in one placement"),
    ("career", "a child's spells"),
    ("night", "the unit of volume and cost"),
    ("scenario", "a named, saved set of parameter changes to a model"),
    ("pack", "an assembled document of figures"),
    ("case", "an operational record with an owning authority, a clock, a state and an append-only history"),
    ("participant", "another place that has a role in a case, such as the force that holds the child"),
    (
        "responsibility index",
        "an authority's nightly list of the children it answers for, kept only in the custody enclave",
    ),
    ("enclave", "sealed values of children in custody, under a key of their own, that expire"),
    ("duty desk", "whoever of an authority is called for a case now, by its rota"),
    ("claim", "what an authority is owed for unaccompanied children in a period, person by person, night by night"),
    ("headroom", "how many more unaccompanied children an authority may have before a threshold"),
    ("provisional", "resting on a submission that lacks a sign-off it needs"),
    ("protocol", "the plan of a trial; a version of it is frozen by its hash before anybody is allocated"),
    ("trial", "a question with a frozen protocol, an allocation or a comparison, planned looks and a decision"),
    ("look", "an analysis that the protocol plans; there is no other"),
    ("evidence card", "what a trial found, or that it was given up, in one form for all"),
    ("marker", "a fact about a looked-after child on a day that may count towards a cohort: yes, no or not known"),
    ("bid", "a prevention programme that asks for money, with what it would reach, cost and return"),
    (
        "person-night ledger",
        "every night that programmes save, with its child, month and price, counted once and shared between them",
    ),
    ("overlap", "nights that more than one programme would save: counted once"),
    ("promise", "what an agreed bid predicted for 12 and 24 months, frozen by its hash and checked"),
    ("sign", "a definition's use of a marker, with its window and threshold"),
    (
        "assessment",
        "of early identification: the authority's data protection impact assessment on file, which its "
        "director may switch on",
    ),
    ("objection", "a worker's, to what early identification says of a child; nothing is shown until it is answered"),
)
FIELD: tuple[tuple[str, str], ...] = (
    ("CLA", "child looked after"),
    ("CSC", "children's social care"),
    ("DCS", "director of children's services"),
    ("DSG", "dedicated schools grant"),
    ("EHC plan", "education, health and care plan"),
    ("HNB", "high needs block"),
    ("RA", "revenue account budget"),
    ("RO, RS, RSX, RO3", "revenue outturn returns and their summaries"),
    ("SSDA903", "the looked-after children return"),
    ("UASC", "unaccompanied asylum-seeking child"),
    ("s.251", "the education and children's budget and outturn statements"),
)
"Abbreviations of the field."


def anchor(word: str) -> str:
    """Of the word on the glossary's page."""
    return word.casefold().replace(" ", "-").replace(",", "").replace(".", "")
