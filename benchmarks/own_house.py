"""A house for a benchmark that publishes: what documents are bound to stands in its tables, so they have to be there."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile


def opened() -> None:
    """Django, with the tables of a new house that is gone when the process ends. The house of whoever runs it is not touched."""
    home = tempfile.mkdtemp(prefix="havre-bench-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["HAVRE_HOME"] = home
    os.environ.pop("HAVRE_DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    import django

    django.setup()
    from havre.site.operations import migrating

    migrating.migrate_all()
