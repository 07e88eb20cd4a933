"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "havre.evidence"
    label = "evidence"

    def ready(self) -> None:
        from havre.evidence import contract

        contract.register()
