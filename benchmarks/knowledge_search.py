"""Searches of a library of 10,000 entries: milliseconds a search, by kind of question.

    python benchmarks/knowledge_search.py [--entries 10000] [--rounds 40]

Own embedded PostgreSQL in a temporary folder, removed at the end. The entries are what is shipped and others made from
sentences of the shipped documents, so that words are as frequent as in real ones. A search is what the API does: one
transaction of a reader under row-level security with its two to four statements, the answer with its marked words.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
from pathlib import Path
from time import perf_counter

from backend.installation import furnish
from backend.kit.db import Databases
from backend.kit.scope import Kind, Scope
from backend.kit.servers import start_postgres
from backend.kit.settings import Settings
from backend.knowledge import service
from backend.knowledge.library.shipped import shipped
from backend.knowledge.values import EntryDraft, EntryKind, Filter, Standing
from backend.tenants import provision

QUESTIONS = {
    "a frequent word (碳排放)": "碳排放",
    "two words (零碳园区 验收)": "零碳园区 验收",
    "a rare word (源网荷储)": "源网荷储",
    "English (carbon accounting)": "carbon accounting",
    "a number (GB/T 32151.8)": "GB/T 32151.8",
    "parts only (虚拟电厂的碳火星)": "虚拟电厂的碳火星",
}


async def fill(databases: Databases, entries: int) -> None:
    """Enter entries made of sentences of the shipped documents."""
    pick = random.Random(7)
    sentences = [part for one in shipped() for piece in one.pieces for part in piece.text.split("。") if len(part) > 20]
    city = Scope("wuxi", Kind.AUTHORITY, region="320000/320200/", permissions=frozenset({"knowledge:publish"}))
    for first in range(0, entries, 1000):
        drafts = [
            EntryDraft(
                kind=EntryKind.STANDARD, number=f"DB 3202/T {first + at}-2025", standing=Standing.CURRENT,
                title_zh=pick.choice(sentences).strip()[:60], title_en=f"Carbon accounting of process {first + at}",
                summary="。".join(pick.sample(sentences, 3))[:1000], source="benchmark",
            )
            for at in range(min(1000, entries - first))
        ]  # fmt: skip
        async with databases.write(city) as write:
            _, faults = await service.record_entries(write, city, drafts, is_internal=False)
        assert faults == [], faults[:3]


async def measure(databases: Databases, rounds: int) -> None:
    """Print the times of each question."""
    reader = Scope("wuxi", Kind.BANK, permissions=frozenset({"knowledge:read"}))
    for name, asked in QUESTIONS.items():
        took: list[float] = []
        for _ in range(rounds):
            start = perf_counter()
            async with databases.read(reader) as read:
                found = await service.search(read, reader, asked, Filter(), limit=21)
            took.append((perf_counter() - start) * 1000)
        p95 = statistics.quantiles(took, n=20)[-1]
        print(
            f"{name:32} found {found.total:>6} {found.matching.value:4} median {statistics.median(took):6.1f} ms  p95 {p95:6.1f} ms"
        )


async def run(folder: Path, entries: int, rounds: int) -> None:
    """Start a server, fill it, measure."""
    postgres = start_postgres(folder / "postgres")
    try:
        settings = Settings.model_validate({"data_dir": folder, "postgres_admin_url": postgres.url, "tenants": "wuxi"})
        address = provision.addresses(settings, postgres.url, "wuxi")
        await provision.provision(postgres.url, "wuxi", address)
        await provision.migrate(address)
        databases = Databases({"wuxi": address.app.get_secret_value()})
        await furnish(databases, settings)
        await fill(databases, entries)
        await measure(databases, rounds)
        await databases.close()
    finally:
        postgres.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="carbon-bench-") as place:
        asyncio.run(run(Path(place), given.entries, given.rounds))
