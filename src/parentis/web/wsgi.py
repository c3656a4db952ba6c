"""The WSGI application that the server runs. DJANGO_SETTINGS_MODULE selects the settings."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
