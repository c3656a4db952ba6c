"""Allocation: sealed beforehand, drawn once, checked by anybody afterwards, and written down in order."""
