"""Children in custody: the responsibility index, which tells the responsible authority of a child, and the detention
records."""

from parentis.returns.custody.detentions import DETENTIONS
from parentis.returns.custody.index import AS_OF, INDEX, STANDINGS

RETURNS = (DETENTIONS, INDEX)

__all__ = ["AS_OF", "RETURNS", "STANDINGS"]
