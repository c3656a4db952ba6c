"""The site in service. What it needs it takes from the environment, and does not start without: docs/deploy.md."""

import os
from pathlib import Path

from parentis.web.settings import environment
from parentis.web.settings.base import *

DEBUG = False
environment.read_apart()
IS_DEMO = False
SECRET_KEY = environment.secret_key()
SECRET_KEY_FALLBACKS = environment.listed("PARENTIS_SECRET_KEYS_BEFORE")
environment.required(
    "PARENTIS_MASTER_KEY",
    what="the master key of the archive, 64 hex digits",
    do="Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))' and keep a copy in a safe place.",
)
environment.required(
    "PARENTIS_REGISTER_KEY",
    what="the key under which the register's entries are chained, 64 hex digits",
    do="Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))' and keep a copy in a safe place.",
)
ALLOWED_HOSTS = environment.listed("PARENTIS_HOSTS") or [
    environment.required("PARENTIS_HOSTS", what="the site's host names", do="Such as parentis.example.gov.uk.")
]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
DATABASES = {"default": environment.database()}
STATIC_ROOT = Path(os.environ.get("PARENTIS_STATIC") or environment.site_folder() / "static")

# TLS ends at the proxy in front, which says so in this header and strips it from what comes in.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PARENTIS_PROXIES", "1"))
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers' preload list is for whoever owns the whole domain to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-parentis_session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-parentis_csrf"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

EMAIL_HOST = environment.required("PARENTIS_MAIL_HOST", what="the mail server", do="Such as smtp.example.gov.uk.")
EMAIL_PORT = int(os.environ.get("PARENTIS_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("PARENTIS_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PARENTIS_MAIL_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("PARENTIS_MAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.required(
    "PARENTIS_MAIL_FROM", what="the address that the site's mail comes from", do="Such as parentis@example.gov.uk."
)
