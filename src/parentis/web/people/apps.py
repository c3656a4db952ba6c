from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "parentis.web.people"
    label = "people"
    verbose_name = "People and places"

    def ready(self) -> None:
        from parentis.web.people import signals

        signals.connect()
