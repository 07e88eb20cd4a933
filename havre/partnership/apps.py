"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class PartnershipConfig(AppConfig):
    name = "havre.partnership"
    label = "partnership"

    def ready(self) -> None:
        from havre.partnership import contract

        contract.register()
