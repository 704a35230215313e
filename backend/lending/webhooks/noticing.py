"""Changes of scores told to the banks whose consents open them, in the transaction that stores the scores.

Consents and credentials are told of by triggers of the database, whoever changes them.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, Uuid, bindparam, text

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.lending.webhooks.deliveries import check_service
from backend.scores import ports
from backend.scores.values import ScoreChange

NOTE = text("select lending_note_scores(:accounts, :scores)").bindparams(
    bindparam("accounts", type_=ARRAY(Uuid)), bindparam("scores", type_=ARRAY(Uuid))
)


async def note_scores(write: Write, scope: Scope, changes: Sequence[ScoreChange]) -> None:
    """Write what changed for every bank that may read it; under the service's scope, as scores are stored. Raises SystemOnly."""
    check_service(scope)
    if changes:
        await write.value(
            NOTE, {"accounts": [each.account_id for each in changes], "scores": [each.after.id for each in changes]}
        )


ports.listen(note_scores)
