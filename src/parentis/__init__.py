"""Parentis: the system a region of English councils runs its children's services on."""

from parentis.version import VERSION

__all__ = ["VERSION"]
