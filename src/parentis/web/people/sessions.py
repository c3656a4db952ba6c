"""How long a session lasts: half an hour without a request, twelve hours in all."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.messages import info
from django.http import HttpRequest, HttpResponse

STARTED, SEEN = "started", "seen"
SAVE_EVERY = 60
"Seconds. The session is not written for every request, so its end may come this much early."


class SessionLimits:
    """Ends a session that is too old or has been idle for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            started = request.session.setdefault(STARTED, now)
            seen = request.session.setdefault(SEEN, now)
            longest, idle = settings.SESSION_LONGEST.total_seconds(), settings.SESSION_IDLE.total_seconds()
            if now - started > longest or now - seen > idle:
                logout(request)
                info(request, "You were signed out because your session had ended.")
            elif now - seen > SAVE_EVERY:
                request.session[SEEN] = now
        return self.get_response(request)
