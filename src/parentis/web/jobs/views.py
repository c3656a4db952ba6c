"""The progress of a job, for the script of the page that waits for it."""

import uuid

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis.web.jobs.models import Job
from parentis.web.people.authorisation import authorities_for


@never_cache
@require_safe
def state(request: HttpRequest, pk: uuid.UUID) -> JsonResponse:
    """The reader's own jobs, and those of the authorities whose submissions they may see; for any other job Http404."""
    job = Job.objects.filter(pk=pk).first()
    if job is None or not (job.by_id == request.user.pk or _is_near(request, job)):
        raise Http404
    return JsonResponse(job.told())


def _is_near(request: HttpRequest, job: Job) -> bool:
    return job.authority in authorities_for(request.user, "submissions.read")
