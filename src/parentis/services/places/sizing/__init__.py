"""The number and kind of places: a simulation of events, checked by exact formulas."""
