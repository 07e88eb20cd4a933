"""Django's entry to the standards: validates every packaged file when the process starts."""

from django.apps import AppConfig
from django.utils.translation import get_language

from havre import standards


class StandardsConfig(AppConfig):
    name = "havre.standards"
    label = "standards"

    def ready(self) -> None:
        standards.follow(lambda: get_language() or "en")
        standards.check_all()
