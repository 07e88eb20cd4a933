"""Every benchmark, short, one after the other: `make bench`. Each prints ratios against its baseline, measured in the same run."""

import subprocess
import sys

for module, *options in (
    ("benchmarks.import_speed",),
    ("benchmarks.list_speed",),
    ("benchmarks.audit_clients",),
    ("benchmarks.media",),
    ("benchmarks.suppression", "--short"),
    ("benchmarks.attacks", "--short"),
    ("benchmarks.linkage",),
    ("benchmarks.linkage_grid",),
    ("benchmarks.private_linkage", "--short"),
    ("benchmarks.prevalence", "--short"),
    ("benchmarks.coverage", "--short"),
):
    print(f"== {module}", flush=True)
    subprocess.run([sys.executable, "-m", module, *options], check=True)
