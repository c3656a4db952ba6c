"""An organisation's programs: what each proves itself with, changed by the organisation's own administrators."""

from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import UserError
from parentis.web.api import credentials
from parentis.web.api.clients import withdraw_client
from parentis.web.api.forms import AddressesForm, KeyForm, SecretForm
from parentis.web.api.models import Client
from parentis.web.api.scopes import SCOPES
from parentis.web.people.authorisation import organisations_for


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """The programs of the organisations whose accounts the reader administers."""
    reached = organisations_for(request.user, "api.clients")
    found = Client.objects.filter(withdrawn_at=None, person__memberships__organisation__in=reached)
    rows = [
        (one, one.person.memberships.first().organisation, sum(each.is_open for each in one.credentials.all()))
        for one in found.select_related("person").prefetch_related("credentials").distinct()
    ]
    return render(request, "api/programs.html", {"rows": rows})


@require_safe
def program(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _page(request, _client(slug, pk), slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # a session left open must not become a secret that lasts
def new_secret(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Make a secret: it is on the page that answers, and nowhere else."""
    client, form = _client(slug, pk), SecretForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, client, slug, secret=form)
    try:
        overlap = timedelta(days=int(form.cleaned_data["overlap"]))
        made, secret = credentials.new_secret(by=request.user, client=client, overlap=overlap, request=request)
    except UserError as error:
        form.add_error(None, error.do)
        return _page(request, client, slug, secret=form)
    ends = made.made_at + overlap
    given = {"client": client, "slug": slug, "secret": secret, "ends": ends if overlap else None}
    return render(request, "api/program_secret.html", given)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # as above
def add_key(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    client, form = _client(slug, pk), KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = credentials.add_key(by=request.user, client=client, text=form.cleaned_data["key"], request=request)
        except UserError as error:
            form.add_error("key", f"Give {error.expected}. {error.do}")
        else:
            messages.success(request, f"Key {made.start}… added. The program can sign its requests with it.")
            return redirect("programs-one", slug=slug, pk=pk)
    return _page(request, client, slug, key=form)


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # as above
def addresses(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    client, form = _client(slug, pk), AddressesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["addresses"]
            found = credentials.set_addresses(by=request.user, client=client, text=text, request=request)
        except UserError as error:
            form.add_error("addresses", f"Give {error.expected}. {error.do}")
        else:
            where = "from these addresses alone" if found else "from every address"
            messages.success(request, f"Addresses saved. The program may come {where}.")
            return redirect("programs-one", slug=slug, pk=pk)
    return _page(request, client, slug, addresses=form)


@require_POST
def end(request: HttpRequest, slug: str, pk: int, credential: int) -> HttpResponse:
    one = get_object_or_404(_client(slug, pk).credentials, pk=credential)
    credentials.end_credential(by=request.user, credential=one, request=request)
    messages.success(request, f"{one} ended. The program's tokens were withdrawn.")
    return redirect("programs-one", slug=slug, pk=pk)


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    client = _client(slug, pk)
    withdraw_client(client.client_id, by=request.user, request=request)
    messages.success(request, f"{client} withdrawn. It can do nothing any more.")
    return redirect("programs")


def _client(slug: str, pk: int) -> Client:
    """Another organisation's is not there."""
    found: Client = get_object_or_404(
        Client.objects.select_related("person"), pk=pk, withdrawn_at=None, person__memberships__organisation__slug=slug
    )
    return found


def _page(request: HttpRequest, client: Client, slug: str, **shown: Any) -> HttpResponse:
    """The program's page, with a form that was sent as it was sent."""
    fresh = {
        "secret": SecretForm(),
        "key": KeyForm(),
        "addresses": AddressesForm(initial={"addresses": "\n".join(client.addresses)}),
    }
    membership = client.person.memberships.select_related("organisation").first()
    given = {
        "client": client, "slug": slug, "organisation": membership.organisation, "role": membership.role_title,
        "scopes": [SCOPES.get(one, one) for one in client.scopes],
        "credentials": client.credentials.select_related("made_by"), "forms": fresh | shown,
    }  # fmt: skip
    return render(request, "api/program.html", given)
