"""The state of a detention: its times for the service's clocks, and what is due."""

from datetime import datetime

from parentis.services import custody
from parentis.web.custody.case_types import WITHDRAWN
from parentis.web.custody.models import Detention

NON_SECURE, SECURE = "non-secure", "secure"
REFUSED = "refused"


def times_of(detention: Detention) -> custody.Times:
    """The columns under the names the clocks use. If a notice does not say when the child arrived, the time of the
    notice is used."""
    place = next(one.code for one in custody.ANSWERS if one.accommodates)
    return custody.Times(
        arrival=detention.arrival or detention.case.opened_at,
        authorised=detention.authorised,
        relevant=detention.relevant,
        reviews=tuple(datetime.fromisoformat(one) for one in detention.reviews),
        charge=detention.charge,
        bail_decision=detention.bail_decision,
        bail_refused=detention.bail == REFUSED,
        request=detention.request,
        answer=detention.answer,
        accommodated=detention.answer_code == place,
        transfer=detention.transfer,
        certificate=detention.certificate,
        court=detention.court,
        release=detention.release,
        aa_requested=detention.aa_requested,
        aa_arrived=detention.aa_arrived,
        merlin=detention.merlin,
    )


def duties_of(detention: Detention, now: datetime) -> tuple[custody.Duty, ...]:
    """Everything that is or was due, in order."""
    return custody.duties(times_of(detention), now=now, settings=custody.settings())


def to_do(duties: tuple[custody.Duty, ...]) -> tuple[custody.Duty, ...]:
    """What is still to be done, late or not."""
    return tuple(one for one in duties if one.state in {custody.State.DUE, custody.State.OVERDUE})


def is_asked(detention: Detention) -> bool:
    """Whether the authority was asked for accommodation and has not answered, while the child is still detained."""
    waits = detention.request is not None and detention.answer is None and detention.case.state != WITHDRAWN
    return waits and detention.transfer is None and detention.release is None


def answer_title(detention: Detention) -> str:
    """What the authority answered, in words; empty without an answer."""
    return next((one.label for one in custody.ANSWERS if one.code == detention.answer_code), "")
