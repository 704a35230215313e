"""Files the demonstration's figures and texts rest on: a line that says they are invented."""

from uuid import UUID

from backend.accounts import service as accounts
from backend.demo.units.cast import Player
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.storage import Storage, key_of

CONTENT = "演示证明材料：数据为虚构，仅用于演示。{}\n"


async def evidence(write: Write, storage: Storage, player: Player, what: str) -> UUID:
    """Attach a file to the player's account as whoever acts, and return its id."""
    evidence_id = new_id()
    key = key_of(write.scope.tenant, player.account_id, "evidence", evidence_id)
    stored = await storage.put(key, CONTENT.format(what).encode())
    kept = await accounts.attach_evidence(
        write, write.scope, account_id=player.account_id, evidence_id=evidence_id,
        file_name=f"{what}-演示.csv", media_type="text/csv", size=stored.size, sha256=stored.sha256,
        object_key=stored.key, description="演示数据",
    )  # fmt: skip
    return kept.id
