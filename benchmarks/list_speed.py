"""The case list and the search at size, under policy: how long a page takes, what the policy costs, how many queries a page makes.

    python -m benchmarks.list_speed [cases] [seconds]

SQLite in a folder of its own, or an empty PostgreSQL database that HAVRE_DATABASE_URL names. The cases come in through the importer;
four officers hold none, 1 %, 20 % and all of them. Then, on the served product (`havre serve`, its worker and sealer running):
pages are asked at 20 a second whatever the answers take (open loop), eight in ten readings (list, search), two in ten a note written.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="havre-list-speed-"))
os.environ["HAVRE_HOME"] = str(_HOME)
os.environ["HAVRE_DEMO"] = "1"
os.environ["HAVRE_PASSPHRASE_FILE"] = str(_HOME / "passphrase")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")


def main() -> None:
    """Build the house, then print what policy, queries and load cost."""
    import django

    django.setup()
    from benchmarks import list_house, list_load

    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    try:
        officers = list_house.build(_HOME, cases)
        list_load.policy_cost(officers)
        list_load.queries_a_page(officers)
        list_load.served(officers, seconds)
    finally:
        shutil.rmtree(_HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
