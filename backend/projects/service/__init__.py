"""What the rest of the house may ask of projects."""

from backend.projects.queries import levels, projects, projects_by_id
from backend.projects.service.admitting import Level, record_level
from backend.projects.service.applying import Measured, begin_trial, draft, report, revise, start, submit, withdraw
from backend.projects.service.lapsing import lapse, lapsing
from backend.projects.service.reviewing import (
    Decision,
    Replacing,
    checks,
    conclude,
    decide,
    give_opinion,
    return_materials,
    take,
)

__all__ = [
    "Decision",
    "Level",
    "Measured",
    "Replacing",
    "begin_trial",
    "checks",
    "conclude",
    "decide",
    "draft",
    "give_opinion",
    "lapse",
    "lapsing",
    "levels",
    "projects",
    "projects_by_id",
    "record_level",
    "report",
    "return_materials",
    "revise",
    "start",
    "submit",
    "take",
    "withdraw",
]
