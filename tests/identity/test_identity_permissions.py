"""Roles grant permissions that exist, and only sensible ones."""

import ast
from pathlib import Path

import pytest

from backend.identity.values import (
    ACTIONS,
    ADMINISTRATOR,
    PERSONAL,
    ROLES,
    grantable,
    permissions_of,
)
from backend.kit.scope import Kind

BACKEND = Path(__file__).resolve().parents[2] / "backend"
GRANTED = sorted({permission for roles in ROLES.values() for granted in roles.values() for permission in granted})


def strings_of(noun: str) -> set[str]:
    """Return every string a noun's `values` writes out."""
    files = [*(BACKEND / noun).glob("values*.py"), *(BACKEND / noun).glob("values/*.py")]
    return {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("permission", GRANTED)
def test_every_granted_permission_is_named_by_its_noun(permission: str) -> None:
    noun = permission.partition(":")[0]
    assert permission in strings_of(noun), f"backend/{noun}/values.py does not name {permission}"


def test_every_action_of_identity_is_granted_to_somebody() -> None:
    assert set(ACTIONS) <= set(GRANTED)
    assert list(ACTIONS) == sorted(ACTIONS)


def test_every_kind_of_organisation_has_an_administrator_who_manages_members() -> None:
    kinds = set(Kind) - {Kind.NOBODY, Kind.SYSTEM}
    assert set(ROLES) == kinds
    for kind in kinds:
        assert {"identity:manage_members", "identity:manage_clients", "identity:read_audit"} <= ROLES[kind][
            ADMINISTRATOR
        ]


def test_the_operator_sees_no_business_data() -> None:
    granted = permissions_of(Kind.OPERATOR, [ADMINISTRATOR])
    assert not {permission for permission in granted if permission.startswith(("accounts:", "emissions:"))}


def test_only_the_right_kinds_verify_submit_and_close() -> None:
    holders = {
        permission: {kind for kind, roles in ROLES.items() for granted in roles.values() if permission in granted}
        for permission in (
            "emissions:verify",
            "emissions:submit",
            "emissions:close",
            "identity:register",
            "identity:consent",
        )
    }
    assert holders == {
        "emissions:verify": {Kind.VERIFIER},
        "emissions:submit": {Kind.ENTERPRISE},
        "emissions:close": {Kind.AUTHORITY},
        "identity:register": {Kind.AUTHORITY, Kind.OPERATOR},
        "identity:consent": {Kind.ENTERPRISE},
    }


def test_duties_are_separate_between_energy_manager_and_carbon_officer() -> None:
    roles = ROLES[Kind.ENTERPRISE]
    assert "emissions:enter" in roles["energy_manager"]
    assert not {"emissions:approve", "emissions:submit"} & roles["energy_manager"]
    assert {"emissions:approve", "emissions:submit"} <= roles["carbon_officer"]
    assert "emissions:enter" not in roles["carbon_officer"]


def test_viewers_only_read() -> None:
    for kind in (Kind.ENTERPRISE, Kind.AUTHORITY):
        assert all(permission.endswith(":read") for permission in ROLES[kind]["viewer"])


def test_roles_add_up_and_unknown_ones_grant_nothing() -> None:
    both = permissions_of(Kind.ENTERPRISE, ["energy_manager", "carbon_officer", "emperor"])
    assert both == ROLES[Kind.ENTERPRISE]["energy_manager"] | ROLES[Kind.ENTERPRISE]["carbon_officer"]
    assert permissions_of(Kind.NOBODY, [ADMINISTRATOR]) == frozenset()


def test_no_program_decides_who_may_act() -> None:
    for kind in ROLES:
        assert not grantable(kind) & PERSONAL
