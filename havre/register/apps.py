"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "havre.register"
    label = "register"

    def ready(self) -> None:
        from havre.register import contract

        contract.register()
