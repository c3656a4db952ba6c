"""Saved scenarios."""

from django.db import models

from parentis.web.saved_queries import SavedQuery


class Saved(SavedQuery):
    """A scenario's levers, saved under a name."""

    asked_field = "levers"

    levers = models.JSONField()

    class Meta(SavedQuery.Meta):
        constraints = (models.UniqueConstraint(fields=("by", "name"), name="a_persons_scenarios_differ_in_name"),)
