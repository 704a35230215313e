"""Commands of the citizens' points, and the reads other nouns ask for."""

from backend.credits.citizens.service.earning import record_acts, revoke_act
from backend.credits.citizens.service.opening import close_citizen, open_citizens
from backend.credits.citizens.service.ranking import decide_ranking, draft_ranking, standing
from backend.credits.citizens.service.rewarding import cancel_redemption, decide_reward, draft_reward, redeem
from backend.credits.citizens.service.scenes import decide_scene, draft_scene

__all__ = [
    "cancel_redemption",
    "close_citizen",
    "decide_ranking",
    "decide_reward",
    "decide_scene",
    "draft_ranking",
    "draft_reward",
    "draft_scene",
    "open_citizens",
    "record_acts",
    "redeem",
    "revoke_act",
    "standing",
]
