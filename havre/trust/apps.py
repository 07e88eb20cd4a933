"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "havre.trust"
    label = "trust"

    def ready(self) -> None:
        from havre.trust import contract

        contract.register()
