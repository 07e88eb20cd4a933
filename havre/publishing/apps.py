"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "havre.publishing"
    label = "publishing"

    def ready(self) -> None:
        from havre.publishing import contract

        contract.register()
