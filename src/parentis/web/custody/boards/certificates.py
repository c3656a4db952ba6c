"""The certificate of section 38(7), drawn up from what is recorded about a detention."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from parentis.errors import UserError
from parentis.services import custody
from parentis.web.cases.models import Case
from parentis.web.custody import encrypted_store
from parentis.web.custody.boards.timeline import SECURE, answer_title
from parentis.web.custody.fields import BY_ID
from parentis.web.custody.models import Detention

FIELDS = ("record_number", "first_name", "surname", "date_of_birth", "reasons")
NEEDED = ("record_number", "surname", "date_of_birth")
WHY = "To produce the certificate under section 38(7)"


class CertificateError(UserError):
    """Something that a certificate needs was not recorded."""


def certificate_of(person: Any, case: Case, *, request: HttpRequest | None = None) -> str:
    """The certificate's text. Reading the child's values is put on the audit record like every other view. Raises
    CertificateError or RefusedError where something is missing or the ground does not apply."""
    detention: Detention = case.detention
    if detention.bail_decision is None or not detention.ground:
        raise CertificateError(
            expected="bail refused, and a ground of section 38(6)", found="none", where=str(case),
            do="Record the bail decision, then the ground and reasons under Court and certificate.",
        )  # fmt: skip
    values = encrypted_store.read(person, case, FIELDS, WHY, request=request)
    if missing := [BY_ID[name].title.lower() for name in NEEDED if not values.get(name)]:
        raise CertificateError(
            expected=f"the {' and the '.join(missing)}", found="none", where=str(case), do="Record it first."
        )
    return custody.certificate(
        custody.Certificate(
            custody_record=values["record_number"],
            child=f"{values.get('first_name', '')} {values['surname']}".strip(),
            date_of_birth=date.fromisoformat(values["date_of_birth"]),
            court="the court the child will appear before",
            authority=case.place_name if case.authority else "No authority yet",
            bail_refused_at=detention.bail_decision,
            ground=detention.ground,
            reasons=values.get("reasons", ""),
            requested_at=detention.request,
            secure=detention.accommodation == SECURE,
            answered_at=detention.answer,
            answer=answer_title(detention),
            officer=str(person),
            signed_at=detention.certificate or timezone.now(),
        )
    )
