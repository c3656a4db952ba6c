"""Adoption: the lists of children and of adopters, what agencies cost, and the publisher's quarterly workbook."""

from parentis.returns.adoption.adopters import ADOPTERS
from parentis.returns.adoption.children import CHILDREN
from parentis.returns.adoption.money import MONEY
from parentis.returns.adoption.quarterly import QUARTERLY

RETURNS = (CHILDREN, ADOPTERS, MONEY, QUARTERLY)

__all__ = ["RETURNS"]
