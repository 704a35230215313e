"""A bank's batch of 10,000 borrowers with reasons, beside the SQL that fetches the same scores; and what it holds in memory.

    python benchmarks/score_batch.py [--rounds 5] [--borrowers 10000]

Own embedded servers in a temporary folder, removed at the end, fsync on. The floor is one bare statement through the bare
driver, as the database's owner of everything: the newest score of each account the bank has a consent for, its answer as
text, fetched as rows. Ours is a request to one granian process on loopback, from the first byte sent to the last byte
received: token, ten thousand keys, the consent of each at that second, the log of the read, one text, its SHA-256, its
signature. `portfolio` asks without keys, `keys` with all of them, `indicators` with each indicator as well.
"""

import argparse
import asyncio
import hashlib
import json
import os
import statistics
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg
import jwt
from overview import Caller, free_port, serving
from score_read import prepare, token_at
from sqlalchemy import make_url

from backend.kit.servers import start_postgres, start_valkey
from backend.kit.settings import Settings

HERE = Path(__file__).parent
LIMIT = 2
FETCH = """
select a.number, s.answer
    from consent c
        join carbon_account a on a.organisation_id = c.enterprise_id
        cross join lateral (
            select answer from score s where s.account_id = a.id order by s.number desc limit 1
        ) s
    where c.bank_id = (select id from organisation where kind = 'bank') and c.revoked_at is null
        and current_date between c.starts_on and c.ends_on
"""


async def fetched(admin_url: str, rounds: int) -> tuple[float, int]:
    """Return the median milliseconds of the bare statement, and how many scores it fetched."""
    url = make_url(admin_url)
    host = url.query.get("host") or url.host
    bare = await asyncpg.connect(
        host=str(host), port=url.port or 5432, user=url.username, password=url.password, database="carbon_wuxi"
    )
    taken, count = [], 0
    for _ in range(rounds + 2):
        began = perf_counter()
        count = len(await bare.fetch(FETCH))
        taken.append((perf_counter() - began) * 1000)
    await bare.close()
    return statistics.median(taken[2:]), count


async def asked(port: int, token: str, body: dict[str, Any], rounds: int) -> tuple[float, float, bytes]:
    """Return the median milliseconds of a batch, those to its first byte, and its text once it is proved."""
    caller = Caller(port, "/wuxi/bank/scores/batch", json.dumps(body).encode(), token)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    taken, first, head, text = [], [], b"", b""
    for _ in range(rounds + 2):
        began = perf_counter()
        writer.write(caller.request)
        head = await reader.readuntil(b"\r\n\r\n")
        first.append((perf_counter() - began) * 1000)
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        text = await reader.readexactly(int(length.split(b":")[1]))
        taken.append((perf_counter() - began) * 1000)
    writer.close()
    sign = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"carbon-signature")).split(b": ")[1]
    told = jwt.decode(sign, options={"verify_signature": False})
    assert told["sha256"] == hashlib.sha256(text).hexdigest()
    return statistics.median(taken[2:]), statistics.median(first[2:]), text


def megabytes(pattern: str) -> float:
    """Return the most memory any process of ours with this in its command line has held, in MB."""
    most = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and pattern in (folder / "cmdline").read_text().replace("\0", " "):
                line = next(each for each in (folder / "status").read_text().splitlines() if each.startswith("VmHWM"))
                most = max(most, int(line.split()[1]))
        except (OSError, StopIteration):
            continue
    return most / 1024


async def measure(given: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        print("starting servers, making borrowers ...", flush=True)
        postgres, valkey = start_postgres(Path(folder) / "postgres"), start_valkey(Path(folder) / "valkey")
        try:
            named = {"data_dir": folder, "tenants": "wuxi", "postgres_admin_url": postgres.url, "redis_url": valkey.url}
            await prepare(Settings.model_validate(named), postgres.url, given.borrowers)
            environment = {
                **os.environ, **{f"CARBON_{name.upper()}": value for name, value in named.items()},
                "CARBON_LOG_FORMAT": "json", "PYTHONPATH": f"{HERE}:{HERE.parent}",
            }  # fmt: skip
            keys = [f"CA-320200-{number:06d}" for number in range(1, given.borrowers + 1)]
            bodies = {
                "portfolio": {}, "keys": {"borrowers": keys}, "indicators": {"borrowers": keys, "indicators": True},
            }  # fmt: skip
            port, figures = free_port(), {}
            with serving("backend.main:app", port, environment):
                token = await token_at(port)

                idle = megabytes(f"--port {port}")
                floor, count = await fetched(postgres.url, given.rounds)
                assert count == given.borrowers
                for name, body in bodies.items():
                    total, first, text = await asked(port, token, body, given.rounds)
                    told = json.loads(text)
                    assert (len(told["borrowers"]), told["not_available"]) == (given.borrowers, [])
                    figures[name] = {
                        "ms": round(total, 1), "first_byte_ms": round(first, 1), "ratio": round(total / floor, 2),
                        "megabytes": round(len(text) / 1e6, 1),
                    }  # fmt: skip
                    print({name: figures[name], "floor_ms": round(floor, 1)}, flush=True)
                peak = megabytes(f"--port {port}")
            floor = statistics.median([floor, (await fetched(postgres.url, given.rounds))[0]])
        finally:
            valkey.stop()
            postgres.stop()
    return {
        "benchmark": "score_batch", "floor_ms": round(floor, 1), **figures, "limit": LIMIT,
        "process_mb": {"idle": round(idle), "peak": round(peak)},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--borrowers", type=int, default=10_000)
    print(json.dumps(asyncio.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
