"""Children in custody: the index by which they are found to be somebody's, and what is kept of each detention."""

from parentis.returns.custody.detentions import DETENTIONS
from parentis.returns.custody.index import AS_OF, INDEX, STANDINGS

RETURNS = (DETENTIONS, INDEX)

__all__ = ["AS_OF", "RETURNS", "STANDINGS"]
