"""Start: `carbon up` from nothing (after install) and again on what is there, until it says that it is ready.

    python benchmarks/startup.py

In a temporary folder and on a free port; stops by itself. The floor beside it is what cannot be avoided: initdb and
start of PostgreSQL, and importing the application once.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

PATIENCE = 300


def start(folder: Path) -> tuple[float, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "CARBON_DATA_DIR": str(folder), "CARBON_PORT": str(port)}
    begun = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.cli", "up"], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith(("Ready", "就绪")):
                return perf_counter() - begun, line.strip()
            if perf_counter() - begun > PATIENCE:
                break
        raise SystemExit("carbon up never got ready")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def importing() -> float:
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", "import backend.api.app"], check=True)
    return perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, _ = start(Path(folder) / "data")
        second, _ = start(Path(folder) / "data")
    floor = importing()
    print(f"first start {first:.1f} s, second start {second:.1f} s, importing the application {floor:.1f} s")
    print(json.dumps({"benchmark": "startup", "first_s": round(first, 1), "second_s": round(second, 1),
                      "import_s": round(floor, 2), "limit_second_s": 10}))  # fmt: skip


if __name__ == "__main__":
    main()
