"""The protocol of a trial: what it asks, of whom, and how its answer will be worked out, fixed before anybody is
allocated."""
