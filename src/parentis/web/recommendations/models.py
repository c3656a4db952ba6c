"""Gradings: the judgements that stand around recommendations, which are cases with declared fields (`case_types`)."""

from django.db import models

from parentis.web.cases.models import place_name


class Grading(models.Model):
    """A judgement of an inspection or re-inspection of a place."""

    place = models.CharField(max_length=60)
    inspectorate = models.CharField(max_length=100)
    subject = models.CharField(max_length=150)
    judgement = models.CharField(max_length=100)
    inspected_on = models.DateField()
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ("place", "subject", "inspected_on")
        constraints = (
            models.UniqueConstraint(fields=["place", "subject", "inspected_on"], name="a_grading_is_given_once"),
        )

    def __str__(self) -> str:
        return f"{self.subject}: {self.judgement}"

    @property
    def place_name(self) -> str:
        return place_name(str(self.place))
