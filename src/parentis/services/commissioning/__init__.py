"""Sub-regional commissioning: prices like for like, what arrangements cost, and what is known to have worked."""
