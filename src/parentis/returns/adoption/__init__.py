"""Adoption returns: lists of children and adopters, agencies' finances and quarterly figures, and the published
workbook."""

from parentis.returns.adoption.adopters import ADOPTERS
from parentis.returns.adoption.children import CHILDREN
from parentis.returns.adoption.collection import COLLECTION
from parentis.returns.adoption.money import MONEY
from parentis.returns.adoption.quarterly import QUARTERLY

RETURNS = (CHILDREN, ADOPTERS, MONEY, COLLECTION, QUARTERLY)

__all__ = ["RETURNS"]
