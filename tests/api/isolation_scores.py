"""Cases of scores and their models."""

from isolation_kinds import WHY, Case, command, open_, private, tenant

SCORES: dict[str, Case] = {
    # score models: the authority's; others read what is in force
    "scoreModel": open_(),
    "scoreModels": open_(first=100),
    "scoreModelVersion": open_(id="$score_model_version"),
    "shippedScoreModels": open_(),
    "scoreFacts": open_(),
    "checkScoreModel": open_(content={}),
    "scoreBacktests": open_(versionId="$score_model_version", first=100),
    "scoreBacktestLines": open_(backtestId="$score_backtest", first=100),
    "proposeScoreModel": tenant(content={}, reason=WHY),
    "reviseScoreModel": tenant(versionId="$score_model_version", revision=1, content={}, reason=WHY),
    "decideScoreModel": tenant(versionId="$score_model_version", revision=1, isApproved=True, reason=WHY),
    "activateScoreModel": tenant(versionId="$score_model_version", validFrom="$today", reason=WHY),
    "retireScoreModel": tenant(versionId="$score_model_version", until="$today", reason=WHY),
    "backtestScoreModel": tenant(versionId="$score_model_version", year=2025),
    # scores
    "greenScore": private(accountId="$account"),
    "greenScores": private(accountId="$account"),
    "regionalScores": open_(first=100),
    "sectorPositions": private(accountId="$account"),
    "scorePenalties": private(accountId="$account"),
    "scoreSigns": private(accountId="$account"),
    "scoreAppeals": private(where={"accountId": "$account"}),
    "scoreTerms": open_(),
    "requestGreenScore": command(accountId="$account"),
    "recordPenalty": command(accountId="$account", document="冒", severity="MINOR", summary="冒", fromOn="$calibrated"),
    "withdrawPenalty": command(penaltyId="$score_penalty", reason=WHY),
    "explainSign": command(signId="$score_sign", explanation=WHY),
    "decideSign": command(signId="$score_sign", isAccepted=True, reason=WHY),
    "appealScore": command(scoreId="$green_score", indicator="signs", reason=WHY),
    "withdrawAppeal": command(appealId="$score_appeal"),
    "answerAppeal": command(appealId="$score_appeal", isAccepted=False, answer=WHY),
}
