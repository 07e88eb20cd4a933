"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    name = "havre.release"
    label = "release"

    def ready(self) -> None:
        from havre.release import contract

        contract.register()
