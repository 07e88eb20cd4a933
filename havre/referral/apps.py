"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "havre.referral"
    label = "referral"

    def ready(self) -> None:
        from havre.referral import contract

        contract.register()
