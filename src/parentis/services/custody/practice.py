"""The practice month as the custody desk submits it: rows without identities. It does not include the index."""

from collections.abc import Iterator

from parentis.returns import ReturnData
from parentis.services.custody.deidentification import detention_rows
from parentis.services.custody.practice_notices import practice_month

SUBMITTER = "Custody desk"


def returns(seed: int) -> Iterator[ReturnData]:
    """The month's detentions, for all authorities in one submission."""
    month = practice_month(seed)
    yield ReturnData(
        return_id="custody.detentions",
        submitter=SUBMITTER,
        period=f"{month.first}..{month.last}",
        tables={"detentions": detention_rows([notice.detention for notice in month.notices])},
    )
