"""Decisions about a submission: accept, sign, reject, release."""
