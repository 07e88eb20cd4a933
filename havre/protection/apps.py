"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class ProtectionConfig(AppConfig):
    name = "havre.protection"
    label = "protection"

    def ready(self) -> None:
        from havre.protection import contract

        contract.register()
