"""Commands on score models on the wire."""

from datetime import date

import strawberry

from backend.kit.db import Write
from backend.scores.modelling import activating, backtesting, drafting
from backend.scores.modelling.reading import as_object
from backend.scores.schema_models_types import VERSION, ScoreModelVersionNode, own_id, version
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

OWN = ("input", "versionId")


@strawberry.input(description="Propose a version of a score model.")
class ProposeScoreModelInput:
    """Propose a version of a score model."""

    content: JSON = strawberry.field(description="The model, whole, as `content.document` of a version has it.")
    reason: str = strawberry.field(description="Why; kept with the version.")


@strawberry.input(description="Change a draft.")
class ReviseScoreModelInput:
    """Change a draft."""

    version_id: strawberry.ID = strawberry.field(description="The version's global id.")
    revision: int = strawberry.field(description="The revision you read; another one by now is a refusal.")
    content: JSON = strawberry.field(description="The model, whole; its code stays.")
    reason: str = strawberry.field(description="Why; kept with the revision.")


@strawberry.input(description="Approve or reject a draft; you wrote no part of it.")
class DecideScoreModelInput:
    """Approve or reject a draft."""

    version_id: strawberry.ID = strawberry.field(description="The version's global id.")
    revision: int = strawberry.field(description="The revision you read.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Put an approved version in force.")
class ActivateScoreModelInput:
    """Put an approved version in force."""

    version_id: strawberry.ID = strawberry.field(description="The version's global id.")
    valid_from: date = strawberry.field(description="The first day: today or later.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Take a version out of force.")
class RetireScoreModelInput:
    """Take a version out of force."""

    version_id: strawberry.ID = strawberry.field(description="The version's global id.")
    until: date = strawberry.field(description="The first day it is not in force any more: today or later.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Test a version on a past year.")
class BacktestScoreModelInput:
    """Test a version on a past year."""

    version_id: strawberry.ID = strawberry.field(description="The version's global id; a draft will do.")
    year: int = strawberry.field(description="The year of the facts.")


@strawberry.type(description="The version was stored or changed.")
class ScoreModelChanged:
    """The version was stored or changed."""

    version: ScoreModelVersionNode = strawberry.field(description="As it is now.")


@strawberry.type(description="The back-test was asked for.")
class ScoreBacktestRequested:
    """The back-test was asked for."""

    job_id: strawberry.ID = strawberry.field(description="Watch it with `jobProgress`; then see `scoreBacktests`.")


@strawberry.type
class ScoreModelsMutation:
    """Commands on score models."""

    @command("scores:propose_model")
    async def propose_score_model(context: Context, write: Write, input: ProposeScoreModelInput) -> ScoreModelChanged:
        """Store a new version of a score model as a draft; a code nobody has used begins a new model."""
        made = await drafting.propose(write, context.scope, content=as_object(input.content), reason=input.reason)
        return ScoreModelChanged(version=version(context, made))

    @command("scores:revise_model")
    async def revise_score_model(context: Context, write: Write, input: ReviseScoreModelInput) -> ScoreModelChanged:
        """Change a draft; what it said before is kept."""
        made = await drafting.revise(
            write, context.scope, version_id=own_id(input.version_id, VERSION, path=OWN), revision=input.revision,
            content=as_object(input.content), reason=input.reason,
        )  # fmt: skip
        return ScoreModelChanged(version=version(context, made))

    @command("scores:decide_model")
    async def decide_score_model(context: Context, write: Write, input: DecideScoreModelInput) -> ScoreModelChanged:
        """Approve or reject a draft as it was read; by another person than those who wrote it, and final."""
        made = await drafting.decide(
            write, context.scope, version_id=own_id(input.version_id, VERSION, path=OWN), revision=input.revision,
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return ScoreModelChanged(version=version(context, made))

    @command("scores:activate_model")
    async def activate_score_model(context: Context, write: Write, input: ActivateScoreModelInput) -> ScoreModelChanged:
        """Put an approved version in force from a day on; the one in force until then ends the day before."""
        made = await activating.activate(
            write, context.scope, version_id=own_id(input.version_id, VERSION, path=OWN),
            valid_from=input.valid_from, reason=input.reason,
        )  # fmt: skip
        return ScoreModelChanged(version=version(context, made))

    @command("scores:retire_model")
    async def retire_score_model(context: Context, write: Write, input: RetireScoreModelInput) -> ScoreModelChanged:
        """Take a version out of force from a day on, until another is activated: nothing is scored meanwhile."""
        made = await activating.retire(
            write, context.scope, version_id=own_id(input.version_id, VERSION, path=OWN), until=input.until,
            reason=input.reason,
        )  # fmt: skip
        return ScoreModelChanged(version=version(context, made))

    @command("scores:backtest")
    async def backtest_score_model(
        context: Context, write: Write, input: BacktestScoreModelInput
    ) -> ScoreBacktestRequested:
        """Apply a version to a past year's facts of every account, as a job, beside the model in force."""
        job_id = await backtesting.request(
            write, context.scope, version_id=own_id(input.version_id, VERSION, path=OWN), year=input.year
        )
        return ScoreBacktestRequested(job_id=node_id("Job", job_id))
