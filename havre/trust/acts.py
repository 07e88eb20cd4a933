"""`@trust.act`: the shell of every service that changes something."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction

from havre.trust import audit
from havre.trust.context import acting, current
from havre.trust.errors import Refused
from havre.trust.models import Receipt

F = TypeVar("F", bound=Callable[..., Any])


def act(event: str) -> Callable[[F], F]:
    """Own the transaction of a service whose keyword `by` is an Actor.

    A Refused rolls everything back, commits one refusal row and goes on to the caller. With an idempotency key in the context, a
    second call by the same user returns what the first made and changes nothing.
    """

    def wrap(service: F) -> F:
        @wraps(service)
        def run(*, by: Any, **arguments: Any) -> Any:
            with acting(by) as context:
                try:
                    with transaction.atomic():
                        done = _done_before(event, context.once, by)
                        if done is not None:
                            return done
                        result = service(by=by, **arguments)
                        if context.once is not None and hasattr(result, "_meta"):
                            Receipt.objects.create(
                                key=context.once, event=event, user=by.user, result_model=result._meta.label, result_id=str(result.pk)
                            )
                        return result
                except Refused as refused:
                    subject = next((v for k, v in arguments.items() if k.endswith("_id")), None)
                    audit.refuse(event=event, by=by, subject=subject, rows=refused.rows)
                    refused.written = True
                    raise

        return run  # type: ignore[return-value]

    return wrap


def repeated(event: str, *, by: Any) -> bool:
    """Whether this very request (its idempotency key) did this act before: a page then shows what it made, and asks nothing again."""
    context = current()
    return context is not None and context.once is not None and Receipt.objects.filter(key=context.once, event=event, user=by.user).exists()


def _done_before(event: str, key: Any, by: Any) -> Any:
    if key is None:
        return None
    receipt = Receipt.objects.filter(key=key, event=event, user=by.user).first()
    return receipt and apps.get_model(receipt.result_model)._base_manager.get(pk=receipt.result_id)
