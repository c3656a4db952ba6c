"""What the web side of a service declares: everything the site needs to show it, give people access and try it out.

A package `parentis/web/<id>/` has a `WEB_SERVICE` in its `__init__.py` and is found by it; nothing else names it. By
convention the package also has `urls` (its pages), `access` (its actions, routes and menu entry) and, where it needs
them, `models`, `migrations` and `periodic_tasks`. Read before Django is set up: the declaration holds data and
references only.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from parentis.errors import DeclarationError
from parentis.services import Ref
from parentis.web.organisation_kinds import Kind, Role

HOME = "parentis.web"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an API token may be used for, and the URL names (`api:custody-index`) that need it."""

    id: str
    title: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebService:
    """`id` is the name of its package, and its label in Django."""

    id: str
    title: str
    prefix: str
    """The path of its pages: `custody/`."""
    case_types: Ref | None = None
    "A tuple of `CaseType`."
    api: Ref | None = None
    """`(api: NinjaAPI) -> None`: adds its URLs to the site's API."""
    scopes: tuple[Scope, ...] = ()
    roles: tuple[Role, ...] = ()
    """Roles that only this service uses."""
    accounts: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    """Roles for which the practice site has an account, in its organisations of each kind."""
    sealed: Ref | None = None
    """`() -> Iterator[(enclave, row, about)]`: rows other than cases whose field `sealed` is encrypted under an
    enclave's key: used when the key is replaced."""
    practice: Ref | None = None
    """`() -> int`: fills an empty practice site and returns how many items it created; 0 where there were any."""
    tasks: Ref | None = None
    """`(person) -> Iterable[Task]`: a person's tasks that do not follow from a case (`parentis.web.tasks`). Cases of
    declared kinds are on people's lists without it."""
    jobs: Mapping[str, Ref] = field(default_factory=dict)
    """What the worker computes for the service: kind of job to the function `(job, progress) -> dict` that does it
    (`parentis.web.jobs.runner`). Every kind must be safe to run twice."""
    landing: Mapping[str, str] = field(default_factory=dict)
    """Role to the URL name of the page that its holders see after signing in."""
    samples: Ref | None = None
    """URL name to a function `(places, place) -> kwargs` that creates the object in the URL: for the tests that visit
    every page. `places` are the test's organisations, `place` one of their names. URLs of declared case kinds need
    none."""

    @property
    def package(self) -> str:
        return f"{HOME}.{self.id}"

    @property
    def urls(self) -> str:
        return f"{self.package}.urls"


@cache
def web_services() -> Mapping[str, WebService]:
    """Every web service, found by the `WEB_SERVICE` that its package declares, in order of id."""
    home = importlib.import_module(HOME)
    found: dict[str, WebService] = {}
    for module in pkgutil.iter_modules(home.__path__):
        if not module.ispkg:
            continue
        announced = getattr(importlib.import_module(f"{HOME}.{module.name}"), "WEB_SERVICE", None)
        if announced is None:
            continue
        if announced.id != module.name:
            raise DeclarationError(f"web service {announced.id} is announced by {module.name}: give it that id")
        found[announced.id] = announced
    return dict(sorted(found.items()))


@cache
def service_jobs() -> Mapping[str, Ref]:
    """The kinds of job that services declare; each kind once."""
    found: dict[str, Ref] = {}
    for service in web_services().values():
        for kind, doing in service.jobs.items():
            if kind in found:
                raise DeclarationError(f"kind of job {kind} is declared twice")
            found[kind] = doing
    return found
