"""The site on the practice region, for one machine: loopback only, one-time codes optional, mail to the log."""

from parentis.references import Ref
from parentis.web.settings import environment
from parentis.web.settings.base import *

DEBUG = False
environment.read_apart()
IS_DEMO = True
SECRET_KEY = environment.demo_secret_key()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
DATABASES = {"default": environment.database(default=f"sqlite:///{environment.site_folder() / 'site.sqlite3'}")}
STATIC_ROOT = environment.site_folder() / "static"
CODES_REQUIRED = False
EXTRA_POSTCODES = Ref("parentis.web.custody.practice:practice_postcodes")
MAIL_TRANSPORT = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = environment.site_folder() / "mail"
