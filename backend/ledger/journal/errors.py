"""Errors of the journal.

Forbidden
  ProofWithheld    the entry also states balances of another holder
Conflict
  EntryNotSealed   no checkpoint covers the entry yet
  JournalBroken    the chain does not hold, so it is not signed
"""

from backend.kit.errors import Conflict, Forbidden


class ProofWithheld(Forbidden):
    """The entry also states balances of another holder."""

    code = "proof_withheld"
    en = (
        "The entry of movement {number} also states what another holder had left, so its text is not handed out to you. "
        "The authority that sees both accounts can give the proof."
    )
    zh = "第 {number} 号流水的记录包含另一方账户的余额，不能向您提供其原文；可由同时管辖双方账户的主管部门出具证明。"


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
