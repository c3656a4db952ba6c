"""A service's command as a page: a form whose URL contains the question, the answer beside it, and questions that
people can save under a name, share, rename and delete. One declaration creates the URLs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe

from parentis import region
from parentis.web import saved_queries
from parentis.web.jobs.models import Job
from parentis.web.people import acting
from parentis.web.saved_queries import SavedQuery

Given = Mapping[str, Any]
"What was asked, as plain JSON, without what changes nothing."


class QuestionForm(forms.Form):
    """The options of the command, as fields of their names."""

    def given(self) -> dict[str, Any]:
        raise NotImplementedError


def _no_options(_: str) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage:
    """`answer(place, given)` returns the context for the template, or None while there is no model to answer from;
    `place` is an authority's code, or '' for all of the reader's authorities together. The template also gets `form`,
    `place_name`, `given`, `words` and `saved`."""

    url: str
    """The name of the page's URL; the names of the others end in `-save`, `-share`, `-rename` and `-delete`."""
    command: str
    """The command that the page runs, as the service names it."""
    action: str
    """The action that the reader must be allowed to do."""
    noun: str
    "What a saved question is called in the audit record."
    title: str
    """The same for people: `Scenario`."""
    saved_title: str
    """The heading of the list of saved questions."""
    form: type[QuestionForm]
    model: type[SavedQuery]
    words: Callable[[Given], str]
    """A question in one line."""
    answer: Callable[[str, Given], Mapping[str, Any] | None]
    awaited: Callable[[Any], Job | None]
    """The job that makes the model, if the reader is waiting for one: requested where there is no answer."""
    template: str
    options: Callable[[str], Mapping[str, Any]] = _no_options
    """What the form needs to know of the reader's place, as keyword arguments."""
    data: Callable[[], str] = str
    """A mark of the returns behind the answers, saved with a question: it tells when they have changed."""

    def urls(self, under: str = "") -> list[URLPattern]:
        return [
            path(under, require_safe(self.ask), name=self.url),
            path(f"{under}save", require_POST(self.save), name=f"{self.url}-save"),
            path(f"{under}<int:pk>/share", require_POST(self.share), name=f"{self.url}-share"),
            path(f"{under}<int:pk>/rename", require_POST(self.rename), name=f"{self.url}-rename"),
            path(f"{under}<int:pk>/delete", require_POST(self.delete), name=f"{self.url}-delete"),
        ]

    def place_of(self, request: HttpRequest) -> tuple[str, Any]:
        """The place that the answer is about, and the reader's organisation."""
        organisation = acting.organisation_for(request, self.action)
        return str(getattr(organisation, "authority", "") or ""), organisation

    @property
    def save_address(self) -> str:
        return reverse(f"{self.url}-save")

    @property
    def share_url(self) -> str:
        return f"{self.url}-share"

    @property
    def rename_url(self) -> str:
        return f"{self.url}-rename"

    @property
    def delete_url(self) -> str:
        return f"{self.url}-delete"

    def address(self, given: Given) -> str:
        """The URL of the page for this question."""
        said = {name: f"{value:g}" if isinstance(value, float) else value for name, value in given.items()}
        return f"{reverse(self.url)}?{urlencode(said)}"

    def readable(self, request: HttpRequest) -> Any:
        """Saved questions that somebody may read: the reader's own and their organisation's."""
        return saved_queries.readable(self.model, request.user, self.place_of(request)[1])

    def listed(self, request: HttpRequest) -> list[tuple[SavedQuery, str, str, bool]]:
        """Saved questions, each with its words, its URL, and whether the returns behind its answer have changed."""
        now = self.data()
        return [
            (one, self.words(one.asked), self.address(one.asked), bool(one.data) and one.data != now)
            for one in self.readable(request)
        ]

    def asked_form(self, request: HttpRequest, data: Any = None) -> QuestionForm:
        """The form for this reader, filled in with `data`."""
        return self.form(data, **self.options(self.place_of(request)[0]))

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Show the form and its answer."""
        place, _ = self.place_of(request)
        form = self.asked_form(request, request.GET or None)
        given = form.given() if form.is_bound and form.is_valid() else {}
        context: dict[str, Any] = {
            "page": self, "form": form, "place_name": place_name(place), "given": given, "words": self.words(given),
            "saved": self.listed(request),
        }  # fmt: skip
        found = self.answer(place, given)
        if found is None:
            waiting = self.awaited(request.user)
            return render(request, self.template, context | {"nothing": waiting is None, "awaited": waiting})
        return render(request, self.template, context | dict(found))

    def save(self, request: HttpRequest) -> HttpResponse:
        """Save a question; saving under the same name again replaces the reader's own question."""
        form, name = self.asked_form(request, request.POST), saved_queries.named(request)
        if not name or not form.is_valid():
            missing = "correct the values first" if name else "enter a name"
            messages.warning(request, f"{self.title} not saved: {missing}.")
            return redirect(self.url)
        given = form.given()
        saved_queries.save(
            self.model, what=self.noun, by=request.user, organisation=self.place_of(request)[1], name=name,
            asked={self.model.asked_field: given}, data=self.data(), request=request,
        )  # fmt: skip
        messages.success(request, f"“{name}” saved.")
        return redirect(self.address(given))

    def share(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Share the reader's own question with their organisation, or stop sharing it."""
        shared = request.POST.get("shared") == "yes"
        try:
            one = saved_queries.share(
                self.model, what=self.noun, by=request.user, pk=pk, shared=shared, request=request
            )
        except self.model.DoesNotExist:
            raise Http404 from None
        messages.success(request, f"“{one.name}” is {'shared' if one.is_shared else 'no longer shared'}.")
        return redirect(self.url)

    def rename(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the reader's own question another name."""
        name = saved_queries.named(request)
        if not name:
            messages.warning(request, f"{self.title} not renamed: enter a name.")
            return redirect(self.url)
        try:
            taken = not saved_queries.rename(
                self.model, what=self.noun, by=request.user, pk=pk, name=name, request=request
            )
        except self.model.DoesNotExist:
            raise Http404 from None
        if taken:
            messages.warning(request, f"{self.title} not renamed: another of yours is called “{name}”.")
        else:
            messages.success(request, f"Renamed “{name}”.")
        return redirect(self.url)

    def delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete the reader's own question."""
        try:
            name = saved_queries.delete(self.model, what=self.noun, by=request.user, pk=pk, request=request)
        except self.model.DoesNotExist:
            raise Http404 from None
        messages.success(request, f"“{name}” deleted.")
        return redirect(self.url)


def place_name(place: str) -> str:
    return region.authority(place).name if place else "All authorities together"
