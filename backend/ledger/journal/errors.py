"""Errors of the journal.

Conflict
  EntryNotSealed   no checkpoint covers the entry yet
  JournalBroken    the chain does not hold, so it is not signed
"""

from backend.kit.errors import Conflict


class EntryNotSealed(Conflict):
    """No checkpoint covers the entry yet."""

    code = "entry_not_sealed"
    en = "Movement {number} is in the journal, but no signed checkpoint covers it yet. They are made every hour; ask again."
    zh = "第 {number} 号流水已记入账簿，但尚未被签名的检查点覆盖；检查点每小时生成一次，请稍后再试。"


class JournalBroken(Conflict):
    """The chain does not hold, so it is not signed."""

    code = "journal_broken"
    en = "The journal's chain does not hold at position {position}; nothing was signed. Run `carbon ledger verify`."
    zh = "账簿哈希链在第 {position} 位断裂，未签署任何内容；请运行 carbon ledger verify 核查。"
