"""What the API answers with, as types: OpenAPI is written from them."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field


class Measure(Schema):
    """A defined statistic."""

    id: str
    title: str
    unit: str
    definition: str
    source: str
    polarity: str
    audience: str = Field(description="Who can see it: own, members or published.")


class Figure(Schema):
    """One value of one measure, released to the token's person."""

    measure: str
    title: str
    geography: str = Field(description="ONS code of an authority, or a footprint's id.")
    geography_name: str | None
    breakdown: str = Field(description="Empty for the total; otherwise dimension=value pairs.")
    period: str
    period_start: date
    period_end: date
    value: float | None
    low: float | None
    high: float | None
    level: float | None
    unit: str
    n: int | None
    suppressed: str | None = Field(
        description="c confidential, x not available, z not applicable, k rounds to zero; null where there is a value."
    )
    scenario: str
    audience: str
    authority_set: str
    gross_net: str
    cumulative: str
    netted: str
    method: str
    provisional: bool
    provenance_id: str
    numerator: float | None = None
    denominator: float | None = None


class Figures(Schema):
    """A page of figures. `count` is how many there are; `next` is where the next page begins, null at the end."""

    count: int
    next: int | None
    figures: list[Figure]


class Input(Schema):
    """One table of one submission that a figure was made from. Names and hashes of files, and how many rows,
    are left out where the submission is another authority's own."""

    table: str
    return_id: str | None
    part: str | None
    submitter: str | None
    period: str | None
    rows: int | None
    submission_id: str | None
    status: str | None
    provisional: bool | None
    synthetic: bool | None
    files: list[dict[str, str]]


class Provenance(Schema):
    """How a figure came about."""

    provenance_id: str
    service: str
    code_version: str
    parameters: str
    seed: int | None
    inputs: list[Input]


class Submission(Schema):
    """A return that was handed in."""

    submission_id: str
    return_id: str | None
    part: str | None
    submitter: str | None
    period: str | None
    status: str
    current: bool | None
    provisional: bool | None
    signed: list[str]
    received_at: datetime
    received_by: str | None
    accepted_at: datetime | None
    errors: int | None
    problems: list[str]
    rows: int
    files: list[str]


class Submissions(Schema):
    count: int
    next: int | None
    submissions: list[Submission]


class HandedIn(Schema):
    """The files are kept. `job` is where to ask what became of them."""

    job: UUID
    state: str


class Outcome(Schema):
    """What became of one return among the files."""

    submission_id: str
    status: str
    title: str
    files: list[str]
    rows: int
    errors: int | None
    reading_errors: int = 0
    problems: tuple[str, ...] = ()
    error: str


class Job(Schema):
    """`state`: waiting, working, done or failed; `outcomes` once it is done, `problem` if it failed."""

    job: UUID
    state: str
    stage: str
    problem: str
    outcomes: list[Outcome]


class Problem(Schema):
    """What was expected, what came, where, and what to do; `code` names the error whatever its words."""

    expected: str | None = None
    found: str | None = None
    where: str | None = None
    do: str
    code: str | None = None


class Error(Schema):
    error: Problem
