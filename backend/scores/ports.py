"""Who wants to hear of a score that changed: nouns above register themselves when they are imported.

Listeners run inside the transaction that stores the scores, once for all changes of it.
"""

from collections.abc import Awaitable, Callable, Sequence

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.scores.values import ScoreChange

Listener = Callable[[Write, Scope, Sequence[ScoreChange]], Awaitable[None]]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell the listener of every change of a score from now on; a second registration of the same one counts once."""
    if listener not in _listeners:
        _listeners.append(listener)


async def tell(write: Write, scope: Scope, changes: Sequence[ScoreChange]) -> None:
    """Tell every listener, in the order they registered."""
    for listener in _listeners:
        await listener(write, scope, changes)
