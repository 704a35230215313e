"""A bank's batch of 10,000 borrowers with reasons, beside the SQL that fetches the same scores; and what it holds in memory.

    python benchmarks/score_batch.py [--rounds 9] [--borrowers 10000]

Own embedded servers in a temporary folder, removed at the end, fsync on. Ours is a request to one granian process on
loopback, from the first byte sent to the last byte received: token, the consent of each borrower at that second, the log
of the read, one text, its SHA-256, its signature. The floor of each is one bare statement through the bare driver, as the
database's owner of everything, fetched as rows: the newest scores of the accounts the bank has a consent for. `portfolio`
asks without keys, `keys` with ten thousand account numbers (its floor looks up the same numbers), `indicators` with each
indicator as well (its floor fetches them too). Ours and its floor take turns. What was made for it is vacuumed and on disk
before, as it would be a day later; answers are proved
before and after those that count, so that each of both finds the machine as the other left it.
"""

import argparse
import asyncio
import hashlib
import json
import os
import socket
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
select a.number, {columns}
    from {accounts}
        join consent c on c.enterprise_id = a.organisation_id
        cross join lateral (
            select answer, indicators from score s where s.account_id = a.id order by s.number desc limit 1
        ) s
    where c.bank_id = (select id from organisation where kind = 'bank') and c.revoked_at is null
        and current_date between c.starts_on and c.ends_on
"""
ALL, NAMED = "carbon_account a", "unnest($1::text[]) k (key) join carbon_account a on a.number = k.key"


async def bare(admin_url: str) -> asyncpg.Connection:
    """Return a connection of the bare driver, as the owner of everything."""
    url = make_url(admin_url)
    host = url.query.get("host") or url.host
    return await asyncpg.connect(
        host=str(host), port=url.port or 5432, user=url.username, password=url.password, database="carbon_wuxi"
    )


def asked(line: socket.socket, request: bytes, space: bytearray) -> tuple[float, float, bytes, memoryview]:
    """Return the milliseconds of a batch, those to its first byte, its head and its text."""
    began = perf_counter()
    line.sendall(request)
    view, size, end = memoryview(space), 0, None
    first = 0.0
    while end is None or size < end[1]:
        size += line.recv_into(view[size:])
        first = first or perf_counter() - began
        if end is None and (at := space.find(b"\r\n\r\n", 0, size)) > 0:
            lines = bytes(space[:at]).lower().split(b"\r\n")
            length = next(each for each in lines if each.startswith(b"content-length"))
            end = at + 4, at + 4 + int(length.split(b":")[1])
    taken = perf_counter() - began
    return taken * 1000, first * 1000, bytes(space[: end[0]]), view[end[0] : end[1]]


def proved(head: bytes, text: memoryview) -> dict[str, Any]:
    """Return what a batch told, once its signed hash is the hash of its text."""
    assert head.startswith(b"HTTP/1.1 200"), head
    sign = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"carbon-signature")).split(b": ")[1]
    told = jwt.decode(sign, options={"verify_signature": False})
    assert told["sha256"] == hashlib.sha256(text).hexdigest()
    return json.loads(bytes(text))


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
            kinds = {
                "portfolio": ({}, FETCH.format(columns="s.answer", accounts=ALL), ()),
                "keys": ({"borrowers": keys}, FETCH.format(columns="s.answer", accounts=NAMED), (keys,)),
                "indicators": (
                    {"borrowers": keys, "indicators": True},
                    FETCH.format(columns="s.answer, s.indicators", accounts=NAMED), (keys,),
                ),
            }  # fmt: skip
            port, figures, space = free_port(), {}, bytearray(2**26)
            with serving("backend.main:app", port, environment):
                token = await token_at(port)
                idle = megabytes(f"--port {port}")
                floor = await bare(postgres.url)
                await floor.execute("vacuum analyze")
                await floor.execute("checkpoint")
                for name, (body, statement, values) in kinds.items():
                    request = Caller(port, "/wuxi/bank/scores/batch", json.dumps(body).encode(), token).request
                    taken: dict[str, list[float]] = {"ms": [], "first_byte_ms": [], "floor_ms": []}
                    head, text = b"", memoryview(b"")
                    with socket.create_connection(("127.0.0.1", port)) as line:
                        for turn in range(given.rounds + 2):
                            total, first, head, text = asked(line, request, space)
                            began = perf_counter()
                            assert len(await floor.fetch(statement, *values)) == given.borrowers
                            seen = {"ms": total, "first_byte_ms": first, "floor_ms": (perf_counter() - began) * 1000}
                            for each, value in seen.items() if turn > 1 else ():
                                taken[each].append(value)
                            if turn <= 1:
                                proved(head, text)
                    told = proved(head, text)
                    assert (len(told["borrowers"]), told["not_available"]) == (given.borrowers, [])
                    median = {each: round(statistics.median(values), 1) for each, values in taken.items()}
                    ratio = round(median["ms"] / median["floor_ms"], 2)
                    figures[name] = {**median, "ratio": ratio, "megabytes": round(len(text) / 1e6, 1)}
                    print({name: figures[name]}, flush=True)
                peak = megabytes(f"--port {port}")
                await floor.close()
        finally:
            valkey.stop()
            postgres.stop()
    return {
        "benchmark": "score_batch", **figures, "limit": LIMIT,
        "process_mb": {"idle": round(idle), "peak": round(peak)},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--borrowers", type=int, default=10_000)
    print(json.dumps(asyncio.run(measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
