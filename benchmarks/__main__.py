"""Every benchmark, short, one after the other: `make bench`. Each prints ratios against its baseline, measured in the same run."""

import subprocess
import sys

for module in ("benchmarks.import_speed", "benchmarks.list_speed", "benchmarks.audit_clients"):
    print(f"== {module}", flush=True)
    subprocess.run([sys.executable, "-m", module], check=True)
