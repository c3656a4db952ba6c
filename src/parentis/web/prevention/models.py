"""What the worker made of a bid, and what came of a promise."""

from django.db import models
from django.utils import timezone

from parentis.web.cases.models import Case


class BidRun(models.Model):
    """The latest run of a bid. `asked`: hash of the bid's terms and of the model that it was run with; `stored`: the
    run's frames as `services.prevention` packs them. It holds sums over children, and no child."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="bid_run")
    asked = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(default=0.0)
    stored = models.BinaryField()

    def __str__(self) -> str:
        return f"run of bid {self.case_id}"


class PromiseCheck(models.Model):
    """A check of a promise, as it was recorded: never changed afterwards. `answer`: the fields of
    `services.prevention.promises.Check`."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="promise_checks")
    months = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    verdict = models.CharField(max_length=20)
    answer = models.JSONField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=("case", "months"), name="a_promise_is_checked_once_a_time"),)

    def __str__(self) -> str:
        return f"promise {self.case_id} at {self.months} months: {self.verdict}"


class PortfolioRun(models.Model):
    """The latest joint run of a place's bids: what they cost, and the claims on saved nights. `asked`: hash of the
    bids' terms and of the model; `place`: ONS code of the lead authority."""

    place = models.CharField(max_length=9, unique=True)
    asked = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    stored = models.JSONField()

    def __str__(self) -> str:
        return f"portfolio of {self.place}"
