"""The mapping table from the lines of the Revenue Account and Outturn forms to services.

Line numbers move between years and forms (total service expenditure is 799 in the budget, 699 in the outturn), and
the outturn's data sheets of late years carry none. Labels change less, so the label decides; the numbers under which
a line has been published break a tie where two labels match. A line that is not in the table is read without a
service line.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from parentis.returns.spec import Code

RA, RS, RO3 = "finance.ra", "finance.rs", "finance.ro3"


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One canonical line. `label` is a pattern over the label as `plain` gives it: lower case, no punctuation."""

    id: str
    name: str
    label: str
    numbers: Mapping[str, tuple[str, ...]]
    "The numbers under which it has been published, by return."


def _line(id_: str, name: str, label: str, **numbers: str) -> ServiceLine:
    by_return = {f"finance.{form}": tuple(seen.split()) for form, seen in numbers.items()}
    return ServiceLine(id_, name, label, by_return)


_CSC = r"(?:childrens? social care )?"
_CLA = r"(?:childrens? social care )?children looked after"
_OLDER = r"older people 65"
_ADULTS = r"adults 18 64"
_ASC_GROUPS = (
    ("physical", "Physical support", "physical support", "332", "333"),
    ("sensory", "Sensory support", "sensory support", "334", "335"),
    ("memory", "Support with memory and cognition", "support with memory and cognition", "336", "337"),
    ("learning", "Learning disability support", "learning disability support", "340", "341"),
    ("mental_health", "Mental health support", "mental health support", "344", "345"),
)
_RESERVES = (
    ("schools", "schools", "schools reserves?", "911", "811", "1011", "911"),
    ("dsg", "dedicated schools grant", "dedicated schools grant(?: financial)? reserves?", "913", "", "1013", ""),
    ("public_health", "public health", "public health financial reserves?", "914", "814", "1014", "914"),
    ("earmarked", "other earmarked", "other earmarked financial reserves?", "915", "815", "1015", "915"),
    ("unallocated", "unallocated", "unallocated financial reserves?", "916", "816", "1016", "916"),
)

LINES: tuple[ServiceLine, ...] = (
    # Children's social care
    _line("csc", "Children's social care, total", r"(?:total )?childrens? social care", ra="330", rs="330"),
    _line("csc.early_years", "Sure Start, children's centres and early years", _CSC + r"sure start .*", ra="310"),
    _line("csc.looked_after", "Children looked after", _CLA, ra="313"),
    _line("csc.looked_after.residential", "Looked after: residential care", _CLA + " of which residential.*"),
    _line("csc.looked_after.fostering", "Looked after: fostering services", _CLA + " of which fostering.*"),
    _line("csc.looked_after.asylum", "Looked after: asylum-seeking children", _CLA + " of which asylum.*"),
    _line("csc.looked_after.other", "Looked after: other", _CLA + " of which other.*"),
    _line(
        "csc.other",
        "Other children's and families services",
        _CSC + r"other childrens? and famil\w+ services",
        ra="315",
    ),
    _line("csc.family_support", "Family support services", _CSC + "family support services", ra="322"),
    _line("csc.youth_justice", "Youth justice", _CSC + "youth justice", ra="323"),
    _line("csc.safeguarding", "Safeguarding children and young people", _CSC + "safeguarding children.*", ra="325"),
    _line("csc.asylum", "Asylum seekers (children's services)", _CSC + "asylum seekers", ra="326"),
    _line("csc.young_people", "Services for young people", _CSC + "services for young people", ra="327"),
    _line(
        "csc.agency",
        "Agency staff in children's social care (memorandum)",
        r"total childrens? social care childrens? social care agency staff.*",
    ),
    # Children's and adults' social care together, in years that publish one line for both
    _line("social_care", "Social care, children's and adults' in one line", r"(?:total )?social care(?: services)?"),
    # Adult social care
    _line("asc", "Adult social care, total", r"(?:total )?adult social care", ra="360", rs="360"),
    *(
        _line(f"asc.{id_}.{age}", f"{name}, {words}", f"{label} {pattern}", ra=number)
        for id_, name, label, adults, older in _ASC_GROUPS
        for age, words, pattern, number in (
            ("adults", "18 to 64", _ADULTS, adults),
            ("older", "65 and over", _OLDER, older),
        )
    ),
    _line("asc.substance_misuse", "Social support: substance misuse", "social support substance misuse.*", ra="348"),
    _line("asc.asylum", "Social support: asylum seekers (adults)", "social support asylum seeker.*", ra="349"),
    _line("asc.carers", "Social support: support for carers", "social support support for carers?", ra="350"),
    _line("asc.isolation", "Social support: social isolation", "social support social isolation", ra="351"),
    _line("asc.equipment", "Assistive equipment and technology", "assistive equipment and technology", ra="353"),
    _line(
        "asc.activities",
        "Social care activities",
        "social care activities|care assessment and safeguarding",
        ra="354",
    ),
    _line(
        "asc.early_intervention",
        "Information and early intervention",
        "information and early intervention",
        ra="355",
    ),
    _line("asc.commissioning", "Commissioning and service delivery", "commissioning (?:and|strategy) .*", ra="356"),
    _line(
        "asc.agency",
        "Agency staff in adult social care (memorandum)",
        "total adult social care adult social care agency staff.*",
    ),
    # Education
    _line("education", "Education services, total", "(?:total )?education services", ra="190", rs="190"),
    _line("education.early_years", "Early years", "early years", ra="110"),
    _line("education.primary", "Primary schools", "primary schools", ra="120"),
    _line("education.secondary", "Secondary schools", "secondary schools", ra="130"),
    _line("education.special", "Special schools and alternative provision", "special schools .*", ra="140"),
    _line("education.post_16", "Post-16 provision", "post 16 provision", ra="145"),
    _line("education.other", "Other education and community", "other education and community.*", ra="165"),
    # Other service blocks, totals only
    _line(
        "highways",
        "Highways and transport, total",
        "(?:total )?highways and transport services",
        ra="290",
        rs="290",
    ),
    _line("public_health", "Public health, total", "(?:total )?public health", ra="390", rs="390"),
    _line(
        "housing",
        "Housing services (general fund), total",
        "(?:total )?housing services gfra only",
        ra="490",
        rs="490",
    ),
    _line("culture", "Cultural and related, total", "(?:total )?cultural and related services", ra="509", rs="509"),
    _line(
        "environment",
        "Environmental and regulatory, total",
        "(?:total )?environmental and regulatory services",
        ra="590",
        rs="590",
    ),
    _line(
        "planning",
        "Planning and development, total",
        "(?:total )?planning and development services",
        ra="599",
        rs="599",
    ),
    _line("police", "Police services, total", "(?:total )?police services", ra="601", rs="601"),
    _line("fire", "Fire and rescue, total", "(?:total )?fire and rescue services", ra="602", rs="602"),
    _line("central", "Central services, total", "(?:total )?central services", ra="690", rs="690"),
    _line("other", "Other services, total", "(?:total )?other services", ra="698", rs="698"),
    # The whole council
    _line("services", "Total service expenditure", "total service expenditure(?: total of .*)?", ra="799", rs="699"),
    _line("net_current", "Net current expenditure", "net current expenditure", ra="849", rs="749"),
    _line("revenue", "Revenue expenditure", "revenue expenditure", ra="900", rs="800"),
    _line("net_revenue", "Net revenue expenditure", "net revenue expenditure", ra="905", rs="805"),
    _line("council_tax_requirement", "Council tax requirement", "council tax requirement.*", ra="990", rs="890"),
    # Reserves: taken from or added to in the year, and the level at its two ends
    *(
        _line(
            f"reserves.{id_}.{when}",
            f"Reserves, {name}: {words}",
            pattern.format(label),
            ra=ra_flow if when == "appropriation" else ra_level,
            rs=rs_flow if when == "appropriation" else rs_level,
        )
        for id_, name, label, ra_flow, rs_flow, ra_level, rs_level in _RESERVES
        for when, words, pattern in (
            ("appropriation", "added to (+) or taken from (-) in the year", r"appropriations to from {}"),
            ("opening", "level at 1 April", r"(?:estimated )?{} level at 1 april"),
            ("closing", "level at 31 March", r"(?:estimated )?{} level at 31 march"),
        )
    ),
)

TOGETHER = "social_care"
"Children's and adults' social care in one line: it gives no figure for either."

SERVICE_LINES: tuple[Code, ...] = tuple(Code(line.id, line.name) for line in LINES)

_FOOTNOTE = re.compile(r"\[[^\]]*\]|\*+|\((?:[a-z]|\d)\)\s*$", re.IGNORECASE)


def plain(label: str) -> str:
    """A label normalised for patterns: no footnote marks, punctuation or apostrophes, single spaces, lower case."""
    words = _FOOTNOTE.sub(" ", label).casefold().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", words).split())


@cache
def _patterns() -> tuple[tuple[ServiceLine, re.Pattern[str]], ...]:
    return tuple((line, re.compile(f"(?:{line.label})")) for line in LINES)


def service_line(return_id: str, label: str, number: str = "") -> str | None:
    """The canonical line for `label`, published under `number` in `return_id`; None where no line matches.

    Where two labels match, the line known under that number is used; if that does not decide, None.
    """
    words = plain(label)
    fitting = [line for line, pattern in _patterns() if pattern.fullmatch(words)]
    if len(fitting) > 1:
        fitting = [line for line in fitting if number in line.numbers.get(return_id, ())]
    return fitting[0].id if len(fitting) == 1 else None


def moved(return_id: str, found: Iterable[tuple[str, str, str]]) -> list[str]:
    """Sentences for each (service line, number, label) whose number is new to the mapping table."""
    known = {line.id: line.numbers.get(return_id, ()) for line in LINES}
    return [
        f"line {number} '{label}' is read as {id_}, known until now as line {' or '.join(known[id_])}"
        for id_, number, label in found
        if number and known.get(id_) and number not in known[id_]
    ]
