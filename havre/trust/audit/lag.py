"""How far the chain is behind, and what the house does about it: over 60 seconds it says so, over 10 minutes identity pages close."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.audit.pending import TABLES, without_link
from havre.trust.errors import Unavailable
from havre.trust.models.audit import ChainLink, Source

LATE = timedelta(seconds=60)
CLOSED = timedelta(minutes=10)
# how many rows on each side of the last sealed one are looked at: before it lies what was committed late, after it what waits longest
LOOKED_AT = 1000
# every identity page asks; a few seconds' old answer will do
_KEPT = 5.0
_last: tuple[float, timedelta] | None = None


class ChainBehind(Unavailable):
    """The chain is more than 10 minutes behind, so nothing sealed is opened (503)."""

    def __init__(self, behind: timedelta) -> None:
        minutes = int(behind.total_seconds() // 60)
        self.shown = (
            _("Every reading of a name is sealed into a chain. The chain is %(minutes)s minutes behind, so nothing sealed is opened.")
            % {"minutes": minutes},
            _("Tell the administrator of this instance now: the background worker has to be started again. Nothing is lost."),
        )
        super().__init__(*self.shown)

    def __str__(self) -> str:
        return " ".join(map(str, self.shown))


def beat(at: datetime) -> None:
    """Note that a pass of the sealer has left nothing behind. For the sealer only."""
    path = _beat_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{threading.get_native_id()}")
    draft.write_text(at.isoformat())
    draft.replace(path)
    forget()


def forget() -> None:
    """Ask anew at the next identity page. For the sealer, and for a test that made rows old."""
    global _last
    _last = None


def sealer_lag(now: datetime | None = None) -> timedelta:
    """How long the oldest unsealed row has been waiting; zero when none waits.

    After a pass that left nothing behind, no row has waited longer than since that pass, however late it was committed.
    """
    at = now or timezone.now()
    since_pass = _since_last_pass(at)
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
    return _behind() <= CLOSED


def require_open() -> None:
    """Nothing sealed is opened while the chain is more than 10 minutes behind. Raises: ChainBehind (503), which says whom to tell."""
    if (behind := _behind()) > CLOSED:
        raise ChainBehind(behind)


def _behind() -> timedelta:
    """The lag, or no more than it. While the sealer works, that is what the file says, and no database is asked."""
    global _last
    if _last is None or time.monotonic() - _last[0] > _KEPT:
        at = timezone.now()
        since_pass = _since_last_pass(at)
        _last = (time.monotonic(), sealer_lag(at) if since_pass is None or since_pass > CLOSED else since_pass)
    return _last[1]


def _beat_file() -> Path:
    return Path(settings.HAVRE_HOME) / "audit_sealer"


def _since_last_pass(at: datetime) -> timedelta | None:
    """None when no pass is known, or when the last one lies ahead of a clock that was set back: it then says nothing."""
    try:
        since = at - datetime.fromisoformat(_beat_file().read_text())
    except (OSError, ValueError, TypeError):
        return None
    return None if since < -LATE else max(since, timedelta(0))


def _oldest_unsealed() -> datetime | None:
    """When the oldest row without link was made, as its UUIDv7 says."""
    moments = [moment for source, model in TABLES if (moment := _made_at(source, model)) is not None]
    return min(moments, default=None)


def _made_at(source: Source, model: type) -> datetime | None:
    """Of one table: the oldest of the first rows after the last sealed one, and of those before it that were committed late."""
    last = ChainLink.objects.filter(source=source).order_by("-row_no").values_list("row_no", flat=True).first() or 0
    rows = model.objects.values_list("no", "id")  # type: ignore[attr-defined]
    before = dict(rows.filter(no__lte=last).order_by("-no")[:LOOKED_AT]) if last else {}
    waiting = [before[no] for no in without_link(source, sorted(before))]
    waiting += [row for _no, row in rows.filter(no__gt=last).order_by("no")[:LOOKED_AT]]
    return min((datetime.fromtimestamp((row.int >> 80) / 1000, UTC) for row in waiting), default=None)
