"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "havre.site"
    label = "site"

    def ready(self) -> None:
        from havre.site import contract

        contract.register()
