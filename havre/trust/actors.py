"""Who acts, in which job, for what purpose, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from havre.trust.enums import Purpose, Role

if TYPE_CHECKING:
    from havre.trust.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """One user in one acting membership. Frozen: a longer wait or another purpose is another Actor.

    `holder_id` is the (organisation, role) that holds grants; `personal_id` holds only what is personal: break-glass and conflicts.
    `factor_at` is when the second factor was last given, None when it never was or while rights are reduced. `at` is aware, UTC.
    """

    user: User
    organisation_id: UUID
    role: Role
    holder_id: int
    personal_id: int
    purpose: Purpose
    at: datetime
    factor_at: datetime | None = None

    @property
    def holders(self) -> tuple[int, int]:
        """The holders whose grants this actor may use: the job's, and the person's own (design §3)."""
        return (self.holder_id, self.personal_id)

    @property
    def factor_is_fresh(self) -> bool:
        """Whether the second factor is recent enough for an identity, an export or a break-glass (OWASP ASVS 5.0, 7.5.3)."""
        limit = timedelta(minutes=settings.HAVRE_FACTOR_MINUTES)
        return self.factor_at is not None and self.at - self.factor_at <= limit

    def on(self, at: datetime) -> Actor:
        """The same actor at another moment."""
        return replace(self, at=at)

    def for_purpose(self, purpose: Purpose) -> Actor:
        """The same actor with another declared purpose."""
        return replace(self, purpose=purpose)
