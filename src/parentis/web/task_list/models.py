"""When a person was last mailed what waits for them, and how often they want to be."""

from django.conf import settings
from django.db import models


class Digest(models.Model):
    """A person's choice, and the last day for which their digest was made. Whoever has none has not chosen, and gets
    it daily."""

    class Frequency(models.TextChoices):
        DAILY = "daily", "Every working day"
        WEEKLY = "weekly", "On Mondays"
        NEVER = "never", "Never"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="digest"
    )
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.DAILY)
    made_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"digest of {self.person_id}"
