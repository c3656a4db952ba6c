"""Submissions: submitting files, reading findings, accepting, signing, rejecting, releasing."""
