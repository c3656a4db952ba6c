from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "parentis.web.mail"
    label = "mail"
