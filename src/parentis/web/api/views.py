"""Tokens, and the API's documentation as a page."""

from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parentis.errors import UserError
from parentis.web.api import operations as api_operations
from parentis.web.api.forms import TokenForm
from parentis.web.api.models import Token
from parentis.web.api.scopes import SCOPES
from parentis.web.error_messages import next_step


@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The reader's own tokens."""
    own = [(one, [SCOPES.get(scope, scope) for scope in one.scopes]) for one in request.user.tokens.all()]
    return render(request, "api/tokens.html", {"tokens": own})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # an unattended session must not be used to make a token that lasts a year
def make(request: HttpRequest) -> HttpResponse:
    """Create a token: its secret is shown only on the resulting page."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            token, secret = api_operations.make_token(
                by=request.user, name=given["name"], scopes=given["scopes"], lasts=timedelta(days=int(given["days"])),
                request=request,
            )  # fmt: skip
        except UserError as error:
            form.add_error(None, next_step(error))
        else:
            return render(request, "api/token_created.html", {"token": token, "secret": secret})
    return render(request, "api/token_form.html", {"form": form})


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=pk, person=request.user)
    api_operations.withdraw_token(by=request.user, token=token, request=request)
    messages.success(request, f"{token} has been revoked.")
    return redirect("tokens")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The API as OpenAPI describes it, drawn without any script."""
    from parentis.web.api.endpoints import api

    schema = api.get_openapi_schema()
    operations = [
        _operation(path, method, told, schema)
        for path, each in schema["paths"].items()
        for method, told in each.items()
    ]
    return render(request, "api/docs.html", {"operations": operations, "info": schema["info"]})


def _operation(path: str, method: str, told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    body = told.get("requestBody", {}).get("content", {})
    given = _resolved(next(iter(body.values()))["schema"], schema) if body else {}
    answer = next(one for status, one in told["responses"].items() if int(status) < 300)
    answered = answer.get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "path": path,
        "method": method.upper(),
        "summary": told["summary"],
        "description": told.get("description", ""),
        "parameters": [
            {"name": one["name"], "where": one["in"], "needed": one.get("required", False),
             "about": one["schema"].get("description", ""), "type": _type(one["schema"])}
            for one in told.get("parameters", ())
        ]
        + _fields(given, "form", schema),
        "answer": _fields(_resolved(answered, schema), "", schema),
        "is_list": answered.get("type") == "array",
    }  # fmt: skip


def _fields(described: dict[str, Any], where: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
    needed = described.get("required", ())
    return [
        {
            "name": name,
            "where": where,
            "needed": name in needed,
            "about": one.get("description", ""),
            "type": _type(one),
        }
        for name, one in described.get("properties", {}).items()
    ]


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The target of a reference, or of a list of references."""
    if described.get("type") == "array":
        described = described["items"]
    if "$ref" in described:
        found: dict[str, Any] = schema["components"]["schemas"][described["$ref"].rsplit("/", 1)[-1]]
        return found
    return described


def _type(described: dict[str, Any]) -> str:
    if "anyOf" in described:
        return " or ".join(_type(one) for one in described["anyOf"])
    if described.get("type") == "array":
        return f"list of {_type(described['items'])}"
    if "$ref" in described:
        return str(described["$ref"]).rsplit("/", 1)[-1]
    return str(described.get("format") or described.get("type", ""))
