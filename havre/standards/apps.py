"""Django's entry to the standards: validates every packaged file when the process starts."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "havre.standards"
    label = "standards"
