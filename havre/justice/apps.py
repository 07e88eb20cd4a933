"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class JusticeConfig(AppConfig):
    name = "havre.justice"
    label = "justice"

    def ready(self) -> None:
        from havre.justice import contract

        contract.register()
