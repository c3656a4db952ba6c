"""The suite: SQLite, or the PostgreSQL that DATABASE_URL names; mail in memory; passwords hashed quickly."""

from parentis.web.settings import environment
from parentis.web.settings.base import *

IS_DEMO = False
SECRET_KEY = "only for tests " * 5
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": environment.database(default="sqlite://:memory:") | {"CONN_MAX_AGE": 0}}
DATABASES["default"]["TEST"] = {"NAME": None}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CODES_REQUIRED = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
