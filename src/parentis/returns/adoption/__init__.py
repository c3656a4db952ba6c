"""Adoption: the lists of children and of adopters, agencies' money and quarters, the publisher's workbook."""

from parentis.returns.adoption.adopters import ADOPTERS
from parentis.returns.adoption.children import CHILDREN
from parentis.returns.adoption.collection import COLLECTION
from parentis.returns.adoption.money import MONEY
from parentis.returns.adoption.quarterly import QUARTERLY

RETURNS = (CHILDREN, ADOPTERS, MONEY, COLLECTION, QUARTERLY)

__all__ = ["RETURNS"]
