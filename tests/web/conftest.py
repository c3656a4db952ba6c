"""The site under test: its people, clients and browser are `site_fixtures`."""

from site_fixtures import *  # noqa: F403 - fixtures are found by name in this module
from site_fixtures import _fresh_limits, _home  # noqa: F401 - used by every test without being named
