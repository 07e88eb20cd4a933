"""`python -m havre.evidence.jobs <job id>`: one job, then the process ends."""

import sys
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()
    from havre.evidence.jobs.running import run

    sys.exit(run(UUID(sys.argv[1])))
