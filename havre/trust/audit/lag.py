"""How far the chain is behind, and what the house does about it: over 60 seconds it says so, over 10 minutes identity pages close."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils import timezone

from havre.trust.audit.pending import TABLES, without_link
from havre.trust.models.audit import Source

LATE = timedelta(seconds=60)
CLOSED = timedelta(minutes=10)
# every identity page asks; a few seconds' old answer will do
_KEPT = 5.0
_last: tuple[float, timedelta] | None = None


def beat(at: datetime) -> None:
    """Note that a pass of the sealer has left nothing behind. For the sealer only."""
    global _last
    path = _beat_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{threading.get_native_id()}")
    draft.write_text(at.isoformat())
    draft.replace(path)
    _last = None


def sealer_lag(now: datetime | None = None) -> timedelta:
    """How long the oldest unsealed row has been waiting; zero when none waits.

    After a pass that left nothing behind, no row has waited longer than since that pass, however late it was committed.
    """
    at = now or timezone.now()
    since_pass = _since_last_pass(at)
    if since_pass is not None and since_pass <= LATE:
        return since_pass if _oldest_unsealed() else timedelta(0)
    oldest = _oldest_unsealed()
    if oldest is None:
        return timedelta(0)
    waited = max(at - oldest, timedelta(0))
    return waited if since_pass is None else min(waited, since_pass)


def state(now: datetime | None = None) -> Literal["ok", "late", "closed"]:
    """`ok`; `late`: an alarm for whoever keeps the house; `closed`: identity pages stay shut."""
    behind = sealer_lag(now)
    return "closed" if behind > CLOSED else "late" if behind > LATE else "ok"


def identity_pages_open() -> bool:
    """Whether an identity may be opened: the chain is at most 10 minutes behind. The answer may be 5 seconds old."""
    global _last
    if _last is None or time.monotonic() - _last[0] > _KEPT:
        _last = (time.monotonic(), sealer_lag())
    return _last[1] <= CLOSED


def _beat_file() -> Path:
    return Path(settings.HAVRE_HOME) / "audit_sealer"


def _since_last_pass(at: datetime) -> timedelta | None:
    try:
        return max(at - datetime.fromisoformat(_beat_file().read_text()), timedelta(0))
    except (OSError, ValueError):
        return None


def _oldest_unsealed() -> datetime | None:
    """When the oldest row without link was made, as its UUIDv7 says. Looks at the newest thousand of each table."""
    moments = [_made_at(source, model) for source, model in TABLES]
    return min((moment for moment in moments if moment is not None), default=None)


def _made_at(source: Source, model: type) -> datetime | None:
    newest = dict(model.objects.order_by("-no").values_list("no", "id")[:1000])  # type: ignore[attr-defined]
    waiting = without_link(source, sorted(newest))
    return min((datetime.fromtimestamp((newest[no].int >> 80) / 1000, UTC) for no in waiting), default=None)
