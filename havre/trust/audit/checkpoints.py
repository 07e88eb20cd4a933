"""Signed checkpoints of the chain, and their way out of the machine: only there do they bind its owner."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from havre.trust.audit.canonical import moment
from havre.trust.audit.keys import key_name, public_pem, signing_key
from havre.trust.audit.verify_chain import checkpoint_message
from havre.trust.models.audit import ChainLink, Checkpoint

EVERY_LINKS = 256
EVERY = timedelta(seconds=60)


def checkpoint_if_due(now: datetime) -> int:
    """Sign the chain's head when 256 links or 60 seconds have passed since the last checkpoint. Gives how many were signed."""
    head = ChainLink.objects.using("access").order_by("-position").only("position", "sealed_at").first()
    last = Checkpoint.objects.using("access").order_by("-position").first()
    done = last.position if last else 0
    if head is None or head.position <= done:
        return 0
    first_open = ChainLink.objects.using("access").filter(position=done + 1).values_list("sealed_at", flat=True).first()
    since = last.at if last else first_open or now
    if head.position - done < EVERY_LINKS and now - since < EVERY:
        return 0
    return 1 if checkpoint_now(now) else 0


def checkpoint_now(now: datetime | None = None) -> Checkpoint | None:
    """Sign the chain's head at once. None when the chain is empty or its head is signed already."""
    at = now or timezone.now()
    with transaction.atomic(using="access"):
        head = ChainLink.objects.using("access").order_by("-position").first()
        if head is None or Checkpoint.objects.using("access").filter(position=head.position).exists():
            return None
        key = signing_key()
        digest = bytes(head.hash)
        return Checkpoint.objects.using("access").create(
            position=head.position,
            hash=digest,
            at=at,
            key=key_name(key.public()),
            signature=key.sign(checkpoint_message(head.position, digest, moment(at))),
        )


def export_checkpoints(folder: Path | str) -> list[Path]:
    """Write every checkpoint that has not left yet into `folder`, one file each, with the public key beside them.

    The folder should be on another machine or a medium written once. A file already there is never written over.
    Raises: OSError when the folder cannot be written; what was not written stays marked as not exported.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for checkpoint in Checkpoint.objects.using("access").filter(exported_at=None).order_by("position"):
        path = target / f"checkpoint-{checkpoint.position:012}.json"
        if not path.exists():
            _write(path, json.dumps(as_exported(checkpoint), indent=1).encode() + b"\n")
        written.append(path)
        Checkpoint.objects.using("access").filter(pk=checkpoint.pk, exported_at=None).update(exported_at=timezone.now())
    if written:
        public = signing_key().public()
        key_file = target / f"audit_key-{key_name(public)}.pub"
        if not key_file.exists():
            _write(key_file, public_pem(public))
    return written


def as_exported(checkpoint: Checkpoint) -> dict[str, Any]:
    """What leaves the machine: position, hash, moment, key name and signature."""
    return {
        "position": checkpoint.position,
        "hash": bytes(checkpoint.hash).hex(),
        "at": moment(checkpoint.at),
        "key": checkpoint.key,
        "signature": bytes(checkpoint.signature).hex(),
    }


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the medium before it counts."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
