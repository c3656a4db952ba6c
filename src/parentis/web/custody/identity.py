"""Who a child is, as shown to a person: fields in the usual order of questions, with dates written out."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.dateformat import format as date_format

from parentis import region
from parentis.web.custody.fields import BY_ID, CODES, SEALED, Form
from parentis.web.custody.models import Detention

ORDER = ("first_name", "surname", "other_names", "date_of_birth", "address", "postcode", "needs")
"""The fields shown first; reference numbers and reasons follow, in the order of the table."""
CLAIMED = ("confirmed_by", "claimed_status", "claimed_authority", "claimed_residence")
"""What was entered about where a child belongs, and how certain the child's identity is."""


def in_order(values: Mapping[str, str], age: int | None = None) -> list[tuple[str, str]]:
    """Decrypted values by title. `age`: in years, shown beside the birthday."""
    names = [*ORDER, *(name for name in SEALED if name not in ORDER)]
    return [(BY_ID[name].title, _written(name, values[name], age)) for name in names if values.get(name)]


def claimed(detention: Detention) -> list[tuple[str, str]]:
    """What the suite entered about where the child belongs, by title; codes and authorities in words."""
    return [(BY_ID[name].title, said) for name in CLAIMED if (said := in_words(name, getattr(detention, name)))]


def in_words(name: str, value: Any) -> str:
    """A column's value in words: a code's title, an authority's name."""
    if not value:
        return ""
    if BY_ID[name].form is Form.AUTHORITY:
        return region.authority(str(value)).name
    return CODES[BY_ID[name].codes].get(str(value), str(value)) if BY_ID[name].codes else str(value)


def _written(name: str, value: str, age: int | None) -> str:
    if BY_ID[name].form is not Form.DATE:
        return value
    day = date_format(date.fromisoformat(value), "j F Y")
    return f"{day} ({age} years)" if name == "date_of_birth" and age is not None else day
