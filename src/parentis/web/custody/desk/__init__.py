"""Whose child it is: the decision, and the routing desk where it is in doubt."""
