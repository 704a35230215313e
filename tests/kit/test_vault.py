"""Secrets this installation makes for itself."""

import stat
import subprocess
import sys
from pathlib import Path

from backend.kit.vault import secret


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = secret(folder, "seal")
    assert secret(folder, "seal") == first
    assert secret(folder, "other") != first
    assert secret(folder, "seal") == first
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from backend.kit.vault import secret
print(secret(Path(sys.argv[1]), sys.argv[2]))
"""
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name], stdout=subprocess.PIPE, text=True)
        for name in ("seal", "seal", "other", "seal", "other", "seal")
    ]
    told = [each.communicate(timeout=60)[0].strip() for each in started]
    assert len({told[0], told[1], told[3], told[5]}) == 1
    assert told[2] == told[4] != told[0]
