"""What every way of running the site shares."""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from parentis.references import Ref
from parentis.web.service import web_services
from parentis.web.settings import environment

WEB = Path(__file__).parents[1]

INSTALLED_APPS = [
    "parentis.web.front",
    "parentis.web.people",
    "parentis.web.audit",
    "parentis.web.audit_search",
    "parentis.web.notices",
    "parentis.web.task_list",
    "parentis.web.mail",
    "parentis.web.jobs",
    "parentis.web.submissions",
    "parentis.web.dashboards",
    "parentis.web.cases",
    "parentis.web.help",
    *(service.package for service in web_services().values()),
    "parentis.web.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "parentis.web.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "parentis.web.people.sessions.SessionLimits",
    "parentis.web.api.authentication.TokenAuthentication",
    "parentis.web.people.gate.Gate",
]

ROOT_URLCONF = "parentis.web.urls"
WSGI_APPLICATION = "parentis.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parentis.web.navigation.page",
            ],
        },
    }
]
FORM_RENDERER = "parentis.web.forms.Renderer"

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static", ("govuk", environment.assets_folder() / "govuk")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "parentis.web.assets.HashedFiles"},
}

# Whoever uploads more than this in one request is refused before anything is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# Long, not already leaked or obvious; no rules about signs and capitals, which make passwords worse (NCSC).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

ACCOUNT_ADAPTER = "parentis.web.people.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "parentis.web.people.sign_in.SignInForm",
    "reset_password": "parentis.web.people.password_reset.ForgottenPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Parentis: "
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Five wrong passwords of one person from one address lock that pair for a quarter of an hour (AccountAdapter); an
# office behind one address gets more.
ACCOUNT_RATE_LIMITS = {"login_failed": "50/15m/ip,5/15m/key", "login": "120/m/ip"}
MFA_ADAPTER = "parentis.web.people.adapters.CodesAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Parentis"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "parentis.web.people.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = environment.openid_connect()
SOCIALACCOUNT_ONLY = False
# The provider is the organisation's own: who it says owns an address owns it. Nobody new comes in that way.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

CUSTODY_KEEP_DAYS = int(os.environ.get("PARENTIS_CUSTODY_KEEP_DAYS", "90"))
"How long what says who a child in custody was is kept after custody ended."

SECOND_PERSON_FOR_ROLES = environment.flag("PARENTIS_SECOND_PERSON_FOR_ROLES", default=True)
"Whether a second person decides on each role. A small body may do without; its page on people then says so."
EXTRA_POSTCODES: Ref | None = None
"A function that gives `postcode` and `authority` of postcodes that no directory has: the practice region's."
CODES_REQUIRED = True
"Nobody sees anything before they have set up one-time codes."
SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "parentis_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "parentis.web.errors.refused_form"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DEFAULT_FROM_EMAIL = "parentis@localhost"
EMAIL_BACKEND = "parentis.web.mail.backend.QueueBackend"
MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
"What the worker delivers queued mail with."
LOGGING_CONFIG = None
