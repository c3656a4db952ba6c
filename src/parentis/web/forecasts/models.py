"""Scenarios that somebody keeps."""

from django.db import models

from parentis.web.kept import Kept


class Saved(Kept):
    """Levers under a name."""

    levers = models.JSONField()

    class Meta(Kept.Meta):
        constraints = (models.UniqueConstraint(fields=("by", "name"), name="a_persons_scenarios_differ_in_name"),)
