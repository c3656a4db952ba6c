"""What the health page asks about mail."""

from parentis.web.mail.delivery import is_late

CHECKS = {"mail": lambda: not is_late()}
