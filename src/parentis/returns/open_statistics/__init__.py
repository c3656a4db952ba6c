"""Open statistics: LAIT, the data sets of Explore education statistics, transfers of unaccompanied children."""

from parentis.returns.models import Return
from parentis.returns.open_statistics.deprivation import DEPRIVATION
from parentis.returns.open_statistics.ees import ExploreStatistics
from parentis.returns.open_statistics.nts import NTS
from parentis.returns.open_statistics.readers import DFE_READERS, LAIT_READERS
from parentis.returns.open_statistics.spec import DFE, LAIT

RETURNS = (
    Return(
        spec=LAIT,
        submitter="publisher",
        publisher="DfE",
        period_kind="year",
        readers=LAIT_READERS,
        audience="published",
    ),
    Return(
        spec=DFE,
        submitter="publisher",
        publisher="DfE",
        period_kind="year",
        readers=DFE_READERS,
        audience="published",
    ),
    NTS,
    DEPRIVATION,
)

__all__ = ["RETURNS", "ExploreStatistics"]
