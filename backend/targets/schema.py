"""Targets on the wire, all of it."""

import strawberry

from backend.targets import tables
from backend.targets.schema_evaluation import EvaluationMutation, EvaluationQuery
from backend.targets.schema_plans import PlanTargetsMutation, PlanTargetsQuery
from backend.targets.schema_targets import DualTargetsMutation, DualTargetsQuery


@strawberry.type
class TargetsQuery(DualTargetsQuery, EvaluationQuery, PlanTargetsQuery):
    """Reading targets."""


@strawberry.type
class TargetsMutation(DualTargetsMutation, EvaluationMutation, PlanTargetsMutation):
    """Commands of targets."""


TABLES = tables
"""The files this noun offers; importing them is offering them."""
