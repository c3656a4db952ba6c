"""What the worker does again and again for custody: indexes expire, rows go to the lake by night, time runs out."""

from parentis.web.custody import erasing, handing_over, index
from parentis.web.jobs.asking import ask_for_build
from parentis.web.jobs.ticking import Tick

MINUTE = 60.0


def expire_indexes() -> None:
    index.expire(*index.expired())


def hand_over() -> None:
    """The night's run; the figures are built anew after it."""
    if handing_over.due() and any(one.status == "accepted" for one in handing_over.hand_over()):
        ask_for_build()


TICKS = (
    Tick(id="custody-indexes", every=5 * MINUTE, do=expire_indexes),
    Tick(id="custody-rows", every=10 * MINUTE, do=hand_over),
    Tick(id="custody-erasure", every=60 * MINUTE, do=erasing.erase_due),
)
