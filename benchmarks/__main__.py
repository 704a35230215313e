"""Run the benchmarks one after the other: `python -m benchmarks [name ...]`; each prints its figure and its floor."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
# `<name>_floor.py` is the floor a benchmark starts beside its own measurement.
NAMES = sorted(path.stem for path in HERE.glob("[a-z]*.py") if not path.stem.endswith("_floor"))

if __name__ == "__main__":
    asked = sys.argv[1:] or NAMES
    unknown = [name for name in asked if name not in NAMES]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
    failed = []
    for name in asked:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, str(HERE / f"{name}.py")], check=False).returncode:
            failed.append(name)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
