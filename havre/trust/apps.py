"""Django's entry to this part; its contract is registered when the process starts."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TrustConfig(AppConfig):
    """The Django application of trust."""

    name = "havre.trust"
    label = "trust"

    def ready(self) -> None:
        from havre.trust import contract
        from havre.trust.audit.append_only import guard_after_migrating

        contract.register()
        post_migrate.connect(guard_after_migrating, sender=self, dispatch_uid="havre_append_only")
