"""The fields of a kind of case, declared once: its pages, forms, list, workbook, importer and practice data use
them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter

from parentis.errors import DeclarationError
from parentis.region import Term
from parentis.services import Ref

LONGEST = {"line": 200, "text": 4000, "link": 500}


class FieldType(StrEnum):
    """The type of a field's value, and its Python type: text unless stated otherwise."""

    LINE = "line"
    TEXT = "text"
    "Several lines."
    LINK = "link"
    "An address on the web."
    DAY = "day"
    "`date`."
    NUMBER = "number"
    "A whole number, `int`."
    MONEY = "money"
    "Pounds and pence, `Decimal`."
    YES_NO = "yes-no"
    "`bool`."
    CHOICE = "choice"
    "One of `choices`, by its id."
    CHOICES = "choices"
    "Some of `choices`: a tuple of ids."


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that is recorded about a case.

    `readers`: the permission to see the field (empty: everybody who may read the case). `encrypted`: encrypted at rest,
    under the key for written content. A field with either is not a column of lists or exports, and is not searched.
    `erased`: the field is erased with the case; false for what is published anyway.
    """

    id: str
    label: str
    type: FieldType = FieldType.LINE
    help: str = ""
    required: bool = True
    longest: int = 0
    """Maximum number of characters; 0 means 200 for a line and 4,000 for a text."""
    choices: Mapping[str, str] = field(default_factory=dict)
    readers: str = ""
    encrypted: bool = False
    erased: bool = True
    entered: bool = True
    """Whether the field is asked for when a case is entered."""
    listed: bool = False
    short: str = ""
    "The heading of its column in lists, where the label is too long."
    filtered: bool = False
    """Whether lists can be filtered by it: a choice, a yes or no, a day (from and to)."""
    searched: bool = False
    """Whether a search of the list looks in this field."""
    heading: str | None = ""
    """Heading of its column in the workbook; empty uses the label, None leaves it out."""
    example: str = ""
    """A value for practice data, as a workbook would have it; generated from the type if it is not set."""

    def __post_init__(self) -> None:
        if bool(self.choices) is not (self.type in {FieldType.CHOICE, FieldType.CHOICES}):
            raise DeclarationError(f"field {self.id}: choices go with the types choice and choices, and with no other")
        if self.is_closed and (self.listed or self.filtered or self.searched):
            raise DeclarationError(f"field {self.id} is not for everybody: no list may show, filter or search it")

        if self.filtered and self.type not in {FieldType.CHOICE, FieldType.YES_NO, FieldType.DAY}:
            raise DeclarationError(f"field {self.id}: lists are narrowed by choices, days, and yes or no")

    @property
    def is_closed(self) -> bool:
        """Whether the field is encrypted, or for some readers only."""
        return self.encrypted or bool(self.readers)

    @property
    def most(self) -> int:
        """The maximum number of characters."""
        return self.longest or LONGEST.get(self.type, 0)

    @property
    def column(self) -> str:
        """Its heading in the workbook; empty if it has none."""
        return "" if self.heading is None else self.heading or self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Fields that are changed together, on a page of their own. `reason`: a reason is required."""

    id: str
    title: str
    done: str
    fields: tuple[str, ...]
    reason: bool = False
    permission: str = ""
    """The permission required; if empty, that of working on the case."""
    states: tuple[str, ...] = ()
    """The states in which the fields may be changed; all if empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A clock that starts for each case.

    It starts at the beginning of the day in the field `starts`, or when the case is opened. Its term is `term`, or the
    one in `terms` for the choice in the field `by` (no clock if there is none for it).
    """

    name: str
    title: str
    term: Term | None = None
    starts: str = ""
    by: str = ""
    terms: Mapping[str, Term] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """Oversight groups of a kind's cases, with members, minutes and a meeting pack.

    `states`: state id to the title and the note of the pack's table of the cases in it. `tables`: a function
    `(person, group, places) -> list[Table]` for the pack's other tables."""

    states: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    tables: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What makes a kind of case a register: fields, and the pages made from them (docs/adding-a-service.md)."""

    title: str
    "Of the list: `Recommendations`."
    name: str
    "URL name of the list and stem of its pages: `recommendations`."
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    """Fields that distinguish the cases of a place: no two cases have the same values. If empty, every row is a new
    case."""
    heading: str = "{kind} {pk}"
    """How a case is named, also in notices and mail: `Recommendation {number}`. Uses only open fields that are not
    erased with the case."""
    lead: str = ""
    """The field that links to the case in lists and is the page's heading; by default the first listed field."""
    under: str = ""
    """A field shown in small type below it."""
    place: str = "Place"
    """The label of the owning place: `To`."""
    footprints: Mapping[str, str] = field(default_factory=dict)
    "Kinds of footprint that own cases, beside authorities, with a title for each: `bcu` → `Police commands`."
    clocks: tuple[ClockRule, ...] = ()
    edits: tuple[Edit, ...] = ()
    comments: str = ""
    "What is said of a case that is a column of the workbook (`CaseType.says`): `evidence`."
    meetings: Meetings | None = None
    tabs: tuple[tuple[str, str], ...] = ()
    "Further pages: title and URL name."
    context: Ref | None = None
    "`(request, case) -> dict`: for `template`."
    template: str = ""
    """A template with further content for a case's page, above its state."""
    workbook: bool = True
    """Whether its list can be downloaded and imported as a workbook. False in an enclave: nothing leaves it in bulk."""
    has_entry_page: bool = True
    """Whether people enter cases on a page; otherwise only the app's own code does."""
    participants: Ref | None = None
    """`(values) -> Sequence[ParticipantStart]`: the other participants in a new case, from its values."""
    enclave: str = ""
    """Encrypted fields, comments, files and history are encrypted under this enclave's own key (`archive.enclave_key`)
    instead of the key for written content."""

    def __post_init__(self) -> None:
        ids = [one.id for one in self.fields]
        if len(set(ids)) != len(ids):
            raise DeclarationError(f"register {self.name}: a field is declared twice")
        if taken := {"kind", "pk"} & set(ids):
            raise DeclarationError(f"register {self.name}: headings say {sorted(taken)}, which no field may be called")
        named = {*self.key, self.lead_id, *filter(None, [self.under])}
        named |= {name for clock in self.clocks for name in (clock.starts, clock.by) if name}
        named |= {name for edit in self.edits for name in edit.fields}
        if unknown := named - set(ids):
            raise DeclarationError(f"register {self.name}: {sorted(unknown)} are no fields")
        spoken = {name for _, name, _, _ in Formatter().parse(self.heading) if name} - {"kind", "pk"}
        if not all(name in ids and not self.field(name).is_closed and not self.field(name).erased for name in spoken):
            raise DeclarationError(f"register {self.name}: its heading is read in mail, and may hold no child's values")
        if not self.field(self.lead_id).listed:
            raise DeclarationError(f"register {self.name}: {self.lead_id} leads its rows, and is not listed")
        for name in filter(None, [self.under]):
            if self.field(name).is_closed:
                raise DeclarationError(f"register {self.name}: {name} is not for everybody")

    def field(self, field_id: str) -> Field:
        for one in self.fields:
            if one.id == field_id:
                return one
        raise DeclarationError(f"{field_id!r} is no field of {self.name}")

    def edit(self, edit_id: str) -> Edit:
        for one in self.edits:
            if one.id == edit_id:
                return one
        raise DeclarationError(f"{edit_id!r} is no edit of {self.name}")

    @property
    def lead_id(self) -> str:
        listed = [one.id for one in self.fields if one.listed]
        return self.lead or (listed or [self.fields[0].id])[0]
