"""Safeguards before a decision: a second person, objections, known publications, waiting requests."""
