"""Sharing the cost of places: rules, the cost game with which they are compared, and who would gain by leaving."""
