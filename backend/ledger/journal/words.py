"""What is wrong with the journal, in words."""

from backend.ledger.journal.values import Fault, FaultKind

WORDS: dict[FaultKind, tuple[str, str]] = {
    FaultKind.POSITION_MISSING: ("position {position} is missing", "第 {position} 位缺失"),
    FaultKind.MOVEMENT_MISSING: (
        "the movement at position {position} was removed",
        "第 {position} 位对应的流水已被删除",
    ),
    FaultKind.ENTRY_CHANGED: (
        "position {position}, movement {movement_number}: the movement or its postings were changed",
        "第 {position} 位、第 {movement_number} 号流水：流水或其分录被改动",
    ),
    FaultKind.CHAIN_BROKEN: (
        "position {position}, movement {movement_number}: the chain's hash does not follow from the one before",
        "第 {position} 位、第 {movement_number} 号流水：哈希与前一条不衔接",
    ),
    FaultKind.HEAD_DIFFERS: (
        "the head is not the chain's end (position {position})",
        "链头与链尾（第 {position} 位）不一致",
    ),
    FaultKind.MOVEMENT_UNLINKED: (
        "movement {movement_number} is not in the chain",
        "第 {movement_number} 号流水不在链中",
    ),
    FaultKind.MOVEMENT_LINKED_TWICE: (
        "position {position}: movement {movement_number} is in the chain a second time",
        "第 {position} 位：第 {movement_number} 号流水在链中重复出现",
    ),
    FaultKind.POSTING_WITHOUT_MOVEMENT: ("there are postings of no movement", "存在不属于任何流水的分录"),
    FaultKind.CHECKPOINT_MISSING: (
        "checkpoint {checkpoint_number} does not follow the one before",
        "检查点 {checkpoint_number} 与前一个不衔接",
    ),
    FaultKind.CHECKPOINT_BEYOND_CHAIN: (
        "checkpoint {checkpoint_number} lies beyond the chain's end (position {position}): entries were cut off",
        "检查点 {checkpoint_number} 超出链尾（第 {position} 位）：末尾记录被截断",
    ),
    FaultKind.CHECKPOINT_ROOT_DIFFERS: (
        "checkpoint {checkpoint_number} (to position {position}): its root is not that of its entries",
        "检查点 {checkpoint_number}（至第 {position} 位）：根哈希与所覆盖记录不符",
    ),
    FaultKind.CHECKPOINT_CHAIN_DIFFERS: (
        "checkpoint {checkpoint_number} (to position {position}): its chain hash is not the chain's",
        "检查点 {checkpoint_number}（至第 {position} 位）：链哈希不符",
    ),
    FaultKind.CHECKPOINT_UNSIGNED: (
        "checkpoint {checkpoint_number} (to position {position}): no published key signed what it states",
        "检查点 {checkpoint_number}（至第 {position} 位）：没有已公布的密钥对其内容的签名",
    ),
}


def of_fault(fault: Fault) -> tuple[str, str]:
    """Return a fault in English and in Chinese."""
    facts = {
        "position": fault.position, "movement_number": fault.movement_number,
        "checkpoint_number": fault.checkpoint_number,
    }  # fmt: skip
    english, chinese = WORDS[fault.kind]
    return english.format(**facts), chinese.format(**facts)
