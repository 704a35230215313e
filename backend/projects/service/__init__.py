"""What the rest of the house may ask of projects."""

from backend.projects.queries import levels, projects, projects_by_id
from backend.projects.service.admitting import Level, record_level
from backend.projects.service.applying import Measured, begin_trial, draft, report, revise, start, submit, withdraw
from backend.projects.service.lapsing import deem_taken, lapse, lapsing, unanswered
from backend.projects.service.overseeing import Inspection, inspect, revoke
from backend.projects.service.placing import impacts
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
    "Inspection",
    "Level",
    "Measured",
    "Replacing",
    "begin_trial",
    "checks",
    "conclude",
    "decide",
    "deem_taken",
    "draft",
    "give_opinion",
    "impacts",
    "inspect",
    "lapse",
    "lapsing",
    "levels",
    "projects",
    "projects_by_id",
    "record_level",
    "report",
    "return_materials",
    "revise",
    "revoke",
    "start",
    "submit",
    "take",
    "unanswered",
    "withdraw",
]
