"""Submissions: handing files in, reading what was found, accepting, signing, rejecting, releasing."""
