"""Pages about people and organisations. Views collect data; `operations` writes; the gate has already checked
permission."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import UserError
from parentis.web.error_messages import next_step
from parentis.web.people import authorisation, grants, operations
from parentis.web.people.forms import InviteForm, JoinForm, OrganisationForm, WhyForm
from parentis.web.people.models import Invitation, Membership, Organisation, Person, RoleRequest


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """A person's own account."""
    return render(request, "people/account.html", {"memberships": authorisation.memberships(request.user)})


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations whose people the reader manages."""
    found = authorisation.organisations_for(request.user, "people.manage")
    if len(found) == 1:
        return redirect("people-organisation", found[0].slug)
    may_add = authorisation.holds(request.user, "people.organisations")
    return render(request, "people/organisations.html", {"organisations": found, "may_add": may_add})


@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation's people and invitations, with a form to invite another person."""
    place = get_object_or_404(Organisation, slug=slug)
    form = InviteForm(place, request.POST or None)
    if request.method == "POST" and form.is_valid():
        _ask_to_join(request, place, form.cleaned_data["email"], form.cleaned_data["role"])
        return redirect("people-organisation", slug)
    held = place.memberships.select_related("person").order_by("person__name", "person__email", "role")
    people: dict[Person, list[Membership]] = {}
    for one in held:
        people.setdefault(one.person, []).append(one)
    invitations = [one for one in place.invitations.select_related("invited_by") if one.is_open]
    return render(
        request,
        "people/organisation.html",
        {
            "organisation": place,
            "people": people.items(),
            "invitations": invitations,
            "requests": place.role_requests.filter(decision="").select_related("asked_by"),
            "needs_second_person": settings.SECOND_PERSON_FOR_ROLES,
            "form": form,
            "why": WhyForm(),
        },
    )


def _ask_to_join(request: HttpRequest, place: Organisation, email: str, role: str) -> None:
    try:
        given = grants.ask_for_role(by=request.user, email=email, organisation=place, role=role, request=request)
    except UserError as error:
        messages.error(request, next_step(error))
        return
    if isinstance(given, RoleRequest):
        messages.success(request, f"Role requested. A second person will decide whether {email} gets the role.")
    elif isinstance(given, Membership):
        messages.success(request, f"{given.person.name} now holds the role.")
    else:
        send_link(request, *given)
        messages.success(request, f"Invitation sent to {email}.")


def send_link(request: HttpRequest, invitation: Invitation, secret: str) -> None:
    """Mail an invitation's link."""
    send_invitation(invitation, request.build_absolute_uri(reverse("people-join", args=[secret])))


def send_invitation(invitation: Invitation, link: str) -> None:
    send_mail(
        "Parentis: you have been invited",
        f"You have been invited to Parentis as {invitation.role_title}, {invitation.organisation}.\n\n"
        f"Open this link to choose a password. It expires on {invitation.expires_at:%d %B %Y}:\n{link}\n",
        None,
        [invitation.email],
    )


@require_POST
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, organisation__slug=slug)
    operations.withdraw(by=request.user, invitation=invitation, request=request)
    messages.success(request, "Invitation withdrawn.")
    return redirect("people-organisation", slug)


@require_POST
def take_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    membership = Membership.objects.filter(pk=pk, organisation__slug=slug).first()
    if membership is None:
        messages.warning(request, "That role has already been removed; nothing was changed.")
    else:
        operations.take_role(by=request.user, membership=membership, request=request)
        messages.success(request, f"{membership.person.name} no longer holds the role.")
    return redirect("people-organisation", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Remove all of a person's roles here, with a reason."""
    place, person = _person_of(slug, pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        operations.remove_person(by=request.user, person=person, organisation=place, why=why, request=request)
        messages.success(request, f"{person.name} no longer belongs to {place.name}.")
        return redirect("people-organisation", slug)
    title = f"Remove {person.name} from {place.name}?"
    return render(
        request, "people/reason.html", {"form": form, "title": title, "button": "Remove", "organisation": place}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reset_codes(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """For somebody who lost their telephone."""
    place, person = _person_of(slug, pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.reset_codes(by=request.user, person=person, why=form.cleaned_data["why"], request=request)
        except UserError as error:
            messages.error(request, next_step(error))
        else:
            messages.success(request, f"{person.name} will set up one-time codes again at next sign-in.")
        return redirect("people-organisation", slug)
    title = f"Reset the one-time codes of {person.name}?"
    return render(
        request, "people/reason.html", {"form": form, "title": title, "button": "Reset", "organisation": place}
    )


def _person_of(slug: str, pk: int) -> tuple[Organisation, Person]:
    place = get_object_or_404(Organisation, slug=slug)
    return place, get_object_or_404(Person.objects.filter(memberships__organisation=place).distinct(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def add_organisation(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.add_organisation(by=request.user, request=request, **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['name']} added. Invite its administrator.")
        return redirect("people-organisation", form.cleaned_data["slug"])
    return render(request, "people/add_organisation.html", {"form": form})


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """The page of an invitation link: choose a name and a password, then sign in."""
    invitation = Invitation.objects.filter(secret_hash=Invitation.hash_of(secret)).first()
    if invitation is None or not invitation.is_open:
        return render(request, "people/invitation_expired.html", status=410)
    form = JoinForm(invitation.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.accept_invitation(
                invitation=invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                request=request,
            )
        except UserError as error:
            form.add_error(None, next_step(error))
        else:
            logout(request)  # somebody else may still be signed in on this computer
            messages.success(request, "Account created. Sign in with your new password.")
            return redirect("account_login")
    return render(request, "people/accept_invitation.html", {"form": form, "invitation": invitation})
