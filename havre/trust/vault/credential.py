"""The systemd credential: root keys that systemd decrypts for the service alone (`LoadCredentialEncrypted=havre-root:…`)."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext as _

from havre.trust.vault.custody import KEY_BYTES, RootsInMemory, pack, unpack
from havre.trust.vault.faults import KeyFault

NAME = "havre-root"


class SystemdCredential(RootsInMemory):
    """A custodian for a server: the file is systemd's, in memory and read-only. The service can use the keys and not replace them."""

    @classmethod
    def place(cls) -> Path | None:
        """Where systemd put the credential, None where there is none. The variable holds a folder's name, not the secret."""
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        path = Path(folder) / NAME if folder else None
        return path if path and path.exists() else None

    @classmethod
    def open(cls, path: Path) -> SystemdCredential:
        """Read it. Raises: KeyFault when it cannot be read or is no root key."""
        try:
            # systemd gives 0440 in a folder of the unit's own; its access list, not the mode, keeps others out
            line = path.read_bytes()
        except OSError as error:
            raise KeyFault(
                _("The file %(path)s cannot be read: %(why)s.") % {"path": path, "why": error.strerror},
                _("Check LoadCredentialEncrypted= in the service's unit."),
            ) from None
        return cls(unpack(line))

    @staticmethod
    def content(before: SystemdCredential | None = None) -> bytes:
        """A credential's content for `systemd-creds encrypt`: new, or the present keys and one more for a rotation."""
        roots = dict(before.roots()) if before else {}
        return pack({**roots, max(roots, default=0) + 1: os.urandom(KEY_BYTES)})

    def rotate(self, *, after: int) -> int:
        """The newest version. Raises: KeyFault, saying how to make one, when none is newer than `after`."""
        if self.versions[-1] <= after:
            raise KeyFault(
                _("The credential holds no newer root key than version %(version)s.") % {"version": after},
                _(
                    "Make the next one with `havre keys credential --more | systemd-creds encrypt --name=havre-root - FILE`,"
                    " restart, then rotate."
                ),
            )
        return self.versions[-1]

    def destroy(self, version: int) -> None:
        """Raises: KeyFault, always: systemd keeps this key, it is taken away there."""
        raise KeyFault(
            _("The service cannot change a systemd credential."),
            _("Remove version %(version)s by encrypting a credential without it.") % {"version": version},
        )
