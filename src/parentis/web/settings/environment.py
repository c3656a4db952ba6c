"""What the settings take from the environment. A secret that is missing stops the start with a sentence."""

import os
import secrets
from pathlib import Path
from typing import Any

from parentis.archive import find_home
from parentis.errors import KeyMissingError
from parentis.returns import ALWAYS_APART

ASSETS_VARIABLE = "PARENTIS_ASSETS"
DATABASE_VARIABLE = "DATABASE_URL"
SHORTEST_SECRET = 50
SHARED_PROVIDER = "organisation"
"The id of the identity provider that is no single organisation's."


def required(variable: str, *, what: str, do: str) -> str:
    """The variable's text, or KeyMissingError that says what it is for."""
    text = os.environ.get(variable, "").strip()
    if not text:
        raise KeyMissingError(expected=what, found="nothing", where=f"environment variable {variable}", do=do)
    return text


def secret_key() -> str:
    """The production site's signing secret."""
    text = required(
        "PARENTIS_SECRET_KEY",
        what="the secret that signs sessions and links",
        do="Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))' and keep it out of files.",
    )
    if len(text) < SHORTEST_SECRET:
        raise KeyMissingError(
            expected=f"at least {SHORTEST_SECRET} characters",
            found=f"{len(text)}",
            where="environment variable PARENTIS_SECRET_KEY",
            do="Make a longer one.",
        )
    return text


def demo_secret_key() -> str:
    """A secret of this home's own, made once, so that restarting the demo signs nobody out."""
    path = site_folder() / "demo-secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(SHORTEST_SECRET))
    return path.read_text()


def site_folder() -> Path:
    """Where the site keeps what is its own: the SQLite database and the collected static files."""
    return find_home().path / "site"


def read_apart() -> None:
    """What people send is read in processes of their own, never in one of the site's."""
    os.environ.setdefault(ALWAYS_APART, "always")


def assets_folder() -> Path:
    """GOV.UK Frontend and axe-core as `script/lib.sh` fetched them: beside a checkout, or where we are told."""
    given = os.environ.get(ASSETS_VARIABLE)
    return Path(given) if given else Path(__file__).parents[4] / "build" / "assets"


def database(*, default: str | None = None) -> dict[str, Any]:
    """Django's description of the database that DATABASE_URL names."""
    import dj_database_url

    url = os.environ.get(DATABASE_VARIABLE) or default
    if url is None:
        url = required(
            DATABASE_VARIABLE,
            what="the address of the database",
            do="For PostgreSQL: postgres://user:password@host/name. For one machine: sqlite:////path/to/site.sqlite3.",
        )
    parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if parsed["ENGINE"].endswith("sqlite3"):
        # Writers queue from the start of their transaction, so that none fails half-way for want of the lock.
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    return parsed


def listed(variable: str, default: str = "") -> list[str]:
    """A comma-separated variable."""
    return [part.strip() for part in os.environ.get(variable, default).split(",") if part.strip()]


def flag(variable: str, *, default: bool) -> bool:
    return os.environ.get(variable, "yes" if default else "no").strip().casefold() in {"1", "yes", "true", "on"}


def openid_connect() -> dict[str, Any]:
    """allauth's description of the identity providers, or none. PARENTIS_OIDC_URL, _CLIENT, _SECRET and _NAME describe
    the one that all share; PARENTIS_OIDC_ORGANISATIONS names the organisations (slugs) with one of their own, described
    by PARENTIS_OIDC_<SLUG>_URL and so on."""
    own = listed("PARENTIS_OIDC_ORGANISATIONS")
    apps = [_provider(slug, f"PARENTIS_OIDC_{slug.upper().replace('-', '_')}") for slug in own]
    if os.environ.get("PARENTIS_OIDC_URL", "").strip():
        apps.append(_provider("", "PARENTIS_OIDC"))
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}} if apps else {}


def _provider(slug: str, variable: str) -> dict[str, Any]:
    """One provider, of the organisation with this slug or of all."""
    shared = not slug
    reason = "Set it, or take PARENTIS_OIDC_URL away." if shared else f"Set it, or take {slug} off the list."
    name = os.environ.get(f"{variable}_NAME", "").strip() or ("your organisation" if shared else slug)
    return {
        "provider_id": slug or SHARED_PROVIDER,
        "name": name,
        "client_id": required(
            f"{variable}_CLIENT", what=f"our client id at the identity provider of {name}", do=reason
        ),
        "secret": required(f"{variable}_SECRET", what=f"our client secret at that of {name}", do=reason),
        "settings": {
            "server_url": required(
                f"{variable}_URL", what=f"the address of the identity provider of {name}", do=reason
            ),
            "organisation": slug,
        },
    }
