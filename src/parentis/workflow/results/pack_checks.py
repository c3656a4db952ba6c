"""What was checked before a pack's figures were made, for its log of quality assurance: counts, and nobody's names."""

import polars as pl

from parentis.archive import Home
from parentis.workflow.register_queries import register


def checks_made(home: Home, inputs: pl.DataFrame) -> list[tuple[str, str]]:
    """Check and result, of the submissions behind the figures shown. `inputs` has `submission_id`."""
    used = register(home).join(inputs.select("submission_id").unique(), on="submission_id", how="semi")
    problems = used.explode("problems").select(pl.col("problems").struct.field("severity")).to_series()
    warnings = int((problems == "warning").sum())
    blocking = int((used["errors"].fill_null(0) > 0).sum())
    by_another = int((used["accepted_by"] != used["received_by"]).sum())
    signed = int((used["signed"].list.len() > 0).sum())
    return [
        (
            "Checks as returns were received",
            f"{used.height:,} submissions are behind these figures; {blocking:,} have rows that break a rule, and "
            f"{warnings:,} warnings stand against them.",
        ),
        (
            "Accepted by a second person",
            f"{by_another:,} of {used.height:,} were accepted by somebody else than who submitted them.",
        ),
        ("Signed by a director or section 151 officer", f"{signed:,} of {used.height:,} submissions."),
        (
            "Files as received",
            "Each file is stored with its SHA-256, and the register's chain of hashes shows whether anything in it "
            "was changed.",
        ),
    ]
