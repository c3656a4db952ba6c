"""The suite: SQLite, or the PostgreSQL that DATABASE_URL names; mail in memory; passwords hashed quickly."""

import atexit
import shutil
import tempfile
from pathlib import Path

from parentis.web.settings import environment
from parentis.web.settings.base import *

IS_DEMO = False
SECRET_KEY = "only for tests " * 5
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

# A file, as on a real machine: SQLite in memory is shared by its threads under other rules, and refuses to wait.
SITE_FOLDER = Path(tempfile.mkdtemp(prefix="parentis-test-site-"))
atexit.register(shutil.rmtree, SITE_FOLDER, ignore_errors=True)
DATABASES = {"default": environment.database(default=f"sqlite:///{SITE_FOLDER / 'site.sqlite3'}") | {"CONN_MAX_AGE": 0}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(SITE_FOLDER / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
CODES_REQUIRED = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
