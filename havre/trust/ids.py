"""Identifiers made anywhere: UUIDv7 (RFC 9562), so that rows written together lie together."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid_utils.compat.uuid7()
