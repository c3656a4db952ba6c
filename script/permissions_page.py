"""Write docs/permissions.md from the permission data of the site."""

import os
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parentis.web.settings.test")
    import django

    django.setup()
    from parentis.web.people.matrix import document

    PAGE.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
