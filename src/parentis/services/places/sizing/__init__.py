"""How many places, of what shape: exact formulas beside a simulation of events."""
