"""The erasure ledger's copies: ids and dates of who was erased, kept beside every set of backups, so that no restore brings anybody back.

A copy is renewed as soon as an erasure is written down, before its key is touched: whatever is cut off afterwards, a restore knows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from havre.trust.errors import Invalid
from havre.trust.models import Erasure

NAME = "erasures.json"


def remember(folder: Path) -> None:
    """Note that backups lie in this folder, so that later erasures are written beside them too."""
    known = [place for place in places() if place != folder.resolve()]
    _write(_places_file(), json.dumps([str(place) for place in [*known, folder.resolve()]], indent=1))


def places() -> list[Path]:
    """The folders in which this instance has made backups."""
    try:
        return [Path(place) for place in json.loads(_places_file().read_text())]
    except (OSError, ValueError, TypeError):
        return []


def save(into: Path) -> Path:
    """Write the ledger into a folder: whole or not at all, and on the medium before it counts. Raises: OSError."""
    rows = [
        {
            # an absent moment is null: Django would write it as an empty text, which is no moment when read back
            field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
            for field in Erasure._meta.concrete_fields
        }
        for row in Erasure.objects.order_by("requested_at")
    ]
    path = into / NAME
    _write(path, json.dumps(rows, indent=1))
    return path


def refresh() -> tuple[str, ...]:
    """Bring every copy beside the backups up to date. Gives the folders where that was not possible: a disk that is not there."""
    failed = []
    for place in places():
        try:
            save(place)
        except OSError:
            failed.append(str(place))
    return tuple(failed)


def read(backups: Path) -> list[Erasure]:
    """Everybody erased up to the newest copy. Raises: Invalid when it is missing or damaged: somebody might come back unseen."""
    path = backups / NAME
    rows = []
    try:
        for values in json.loads(path.read_text()):
            row = Erasure()
            for column in Erasure._meta.concrete_fields:
                value = values[column.attname]
                if column.null and value in ("None", ""):
                    # ledgers of the first version wrote an absent moment as an empty text
                    value = None
                setattr(row, column.attname, None if value is None else column.to_python(value))
            rows.append(row)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, ValidationError):
        words = _("%(path)s is missing or damaged: it says who was erased since. Put back the one that lies beside the newest backup.")
        raise Invalid({"folder": [words % {"path": path}]}) from None
    return rows


def _places_file() -> Path:
    return Path(settings.HAVRE_HOME) / "backups.json"


def _write(path: Path, words: str) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
