from django.apps import AppConfig


class TaskListConfig(AppConfig):
    name = "parentis.web.task_list"
    label = "task_list"
