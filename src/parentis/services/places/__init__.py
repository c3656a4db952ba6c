"""Places: how many, of what shape, for whom, at whose cost; which child gets which place, and why not the others."""
