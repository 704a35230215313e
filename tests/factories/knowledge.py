"""Entries of the library and requests for factors, made by the service's own commands.

Numbers are the tests' own (`own_number`), because a number is there once in a library.
"""

import itertools
import secrets
from typing import Any

from factories import identity
from factories.accounts import Held

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.knowledge import service
from backend.knowledge.values import EntryDraft, EntryKind, EntryValue, RequestDraft, RequestValue, Standing
from backend.wire.nodes import node_id

SECRET_WORDS = "碳汇秘要"
_SERIALS = itertools.count(secrets.randbelow(10**8))


def own_number() -> str:
    """Return a number no other test has."""
    return f"DB/T {next(_SERIALS)}-2025"


def draft(**given: Any) -> EntryDraft:
    """Draft a local standard."""
    return EntryDraft(
        **{
            "kind": EntryKind.STANDARD, "number": own_number(), "title_zh": "示范地方标准", "source": "市场监管局",
            "standing": Standing.CURRENT, **given,
        }
    )  # fmt: skip


async def entered(databases: Databases, scope: Scope, *, is_internal: bool = False, **given: Any) -> EntryValue:
    """Enter an entry."""
    async with databases.write(scope) as write:
        return await service.record_entry(write, scope, draft(**given), is_internal=is_internal)


async def asked_for(
    databases: Databases, held: Held, wanted: str = "生物质颗粒低位发热量", **given: Any
) -> RequestValue:
    """Ask for a factor."""
    async with databases.write(held.scope) as write:
        return await service.request_factor(write, held.scope, held.id, RequestDraft(wanted, **given))


async def known_to_the_victim(databases: Databases, held: Held, division: str) -> dict[str, str]:
    """Make a request of the victim's and an internal entry of its authority; return their global ids."""
    bureau = await identity.authority(databases, division=division)
    entry = await entered(
        databases, bureau.scope, is_internal=True, kind=EntryKind.TRAINING, number="", summary=SECRET_WORDS,
        title_zh=f"内部培训资料{next(_SERIALS)}",
    )  # fmt: skip
    request = await asked_for(databases, held, f"生物质颗粒{SECRET_WORDS}")
    return {
        "internal_entry": str(node_id("KnowledgeEntry", entry.id)),
        "factor_request": str(node_id("FactorRequest", request.id)),
    }
