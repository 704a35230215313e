"""The second wall, read from PostgreSQL's own catalogue: no table without FORCEd policies, no role too strong."""

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from backend.kit.db import Databases

APPEND_ONLY = {
    "carbon_event_line", "citizen_place", "event_rule",
    "admission_level", "investment_project_step", "investment_project_version",
    "budget_entry", "budget_line", "budget_plan", "budget_plan_decision", "budget_plan_revision", "budget_posting",
    "budget_projection", "budget_reservation", "budget_rule", "budget_rule_decision",
    "account_statement", "account_statement_file", "activity_record", "approval", "audit_event", "calibration", "ccer_comment", "ccer_transition",
    "certified_retirement", "evidence", "finding_message", "credit_warning", "gec_generation", "inventory_line", "inventory_month",
    "inventory_transition",
    "ledger_check", "ledger_checkpoint", "loan", "loan_balance", "loan_terms", "market_owner", "market_trade", "programme_participant", "programme_setting", "retirement_certificate",
    "quota_allocation_line", "quota_balance_value", "quota_closing", "quota_converted", "quota_duty_entry", "quota_output",
    "quota_surrender", "quota_surrender_line", "quota_verified",
    "score_backtest", "score_backtest_line", "score_model_decision", "score_model_revision", "score_model_version",
    "esg_assessment", "esg_assignment", "esg_assurance", "esg_carbon_officer", "esg_entry", "esg_profile",
    "esg_publication", "esg_rating", "esg_reference", "esg_register_entry", "esg_step", "esg_white_paper",
    "park", "park_application", "park_boundary", "park_evaluation", "park_notice", "park_objection",
    "park_objection_answer", "park_programme_entry", "park_programme_item", "park_step", "park_step_decision", "park_value",
    "park_value_part", "park_waiver", "park_waiver_decision",
    "key_unit_benchmark", "key_unit_code", "key_unit_decision", "key_unit_finding", "key_unit_finding_step",
    "key_unit_passport", "key_unit_post", "key_unit_proposal", "key_unit_reference", "key_unit_report",
    "key_unit_retrofit", "key_unit_retrofit_step", "key_unit_saving", "key_unit_saving_decision",
    "knowledge_completion", "knowledge_factor_request", "knowledge_factor_step", "knowledge_file",
    "carbon_estimate", "carbon_estimate_outcome", "carbon_model", "electricity_entry", "large_industry_entry", "quick_report",
    "quick_report_account", "quick_report_issue", "quick_report_outcome",
    "invited_enterprise", "verification_terms", "verifier_relation",
    "monitoring_evaluation", "monitoring_step", "monitoring_terms", "monitoring_terms_decision",
    "region_balance", "region_balance_cell", "region_balance_decision", "region_figure", "region_open_year",
    "dual_target", "evaluation", "evaluation_remark", "evaluation_remark_answer", "evaluation_revision", "evaluation_scheme",
    "evaluation_scheme_decision", "evaluation_sheet", "evaluation_step", "plan_target_value", "target_figure", "target_plan",
    "target_plan_decision", "target_plan_revision",
    "tree_purchase", "tree_purchase_part", "tree_stand", "year_figure",
}  # fmt: skip
SEALED = {
    "bank_event", "claim", "claim_extent", "claim_guard", "claim_rule", "consent_read", "score_credential", "ledger_account", "ledger_balance", "ledger_batch", "ledger_head",
    "ledger_hold", "ledger_hold_part", "ledger_link", "ledger_lot", "ledger_movement", "ledger_origin", "ledger_posting",
    "ledger_serials",
}  # fmt: skip
"""Written by server functions alone: the application may only look."""
NOT_BUSINESS = {"alembic_version"}


@pytest.mark.parametrize("tenant", ["wuxi", "changzhou", "chengdu", "guizhou"])
async def test_every_table_has_forced_policies(databases: Databases, tenant: str) -> None:
    async with databases.engine(tenant).connect() as connection:
        rows = await connection.execute(
            text(
                "select c.relname, c.relrowsecurity, c.relforcerowsecurity,"
                " exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd in ('r', '*')) as has_policy"
                " from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
            )
        )
        tables = {row.relname: row for row in rows if row.relname not in NOT_BUSINESS}
    assert len(tables) > 30
    open_doors = [
        name for name, row in tables.items() if not (row.relrowsecurity and row.relforcerowsecurity and row.has_policy)
    ]
    assert open_doors == []


async def test_settings_are_read_once_a_statement(databases: Databases) -> None:
    """A bare current_setting in a policy is evaluated for every row; inside a sub-select, once."""
    async with databases.engine("wuxi").connect() as connection:
        policies = (
            await connection.execute(
                text(
                    "select tablename, policyname, coalesce(qual, '') || coalesce(with_check, '') as test from pg_policies"
                )
            )
        ).all()
    assert policies
    bare = [
        (policy.tablename, policy.policyname)
        for policy in policies
        if policy.test.count("current_setting(") != policy.test.count("SELECT current_setting(")
        + policy.test.count("SELECT NULLIF(current_setting(") + policy.test.count("(NULLIF(current_setting(")
    ]  # fmt: skip
    assert bare == []


async def privileges(databases: Databases, table: str) -> set[str]:
    async with databases.engine("wuxi").connect() as connection:
        return {
            privilege
            for privilege in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            if await connection.scalar(
                text("select has_any_column_privilege(:table, :privilege)" if privilege in {"SELECT", "INSERT", "UPDATE"}
                     else "select has_table_privilege(:table, :privilege)"),
                {"table": table, "privilege": privilege},
            )
        }  # fmt: skip


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
async def test_books_only_append(databases: Databases, table: str) -> None:
    assert await privileges(databases, table) == {"SELECT", "INSERT"}


@pytest.mark.parametrize("table", sorted(SEALED))
async def test_sealed_books_are_only_looked_at(databases: Databases, table: str) -> None:
    assert await privileges(databases, table) == {"SELECT"}


async def test_no_role_is_too_strong(databases: Databases) -> None:
    async with databases.engine("wuxi").connect() as connection:
        rows = (
            await connection.execute(
                text("select rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication from pg_roles"
                     " where rolname like 'carbon\\_%\\_app' or rolname like 'carbon\\_%\\_owner'")
            )
        ).all()  # fmt: skip
        members = await connection.scalar(
            text("select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member"
                 " where r.rolname like 'carbon\\_%\\_app'")
        )  # fmt: skip
        owned = await connection.scalar(
            text("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner"
                 " where r.rolname like 'carbon\\_%\\_app' and c.relpersistence <> 't'")
        )  # fmt: skip
    assert len(rows) >= 8
    strong = [row.rolname for row in rows if row.rolsuper or row.rolbypassrls or row.rolcreatedb or row.rolcreaterole
              or row.rolreplication]  # fmt: skip
    assert strong == []
    assert members == 0
    assert owned == 0


@pytest.mark.parametrize("role", ["app", "owner"])
async def test_no_role_connects_to_another_tenants_database(databases: Databases, servers, role: str) -> None:
    url = make_url(getattr(servers.addresses["wuxi"], role).get_secret_value()).set(database="carbon_guizhou")
    engine = create_async_engine(url)
    with pytest.raises(DBAPIError, match="permission denied for database"):
        async with engine.connect():
            pass
    await engine.dispose()


async def test_a_role_cannot_log_in_with_another_password(databases: Databases, servers) -> None:
    guizhou = make_url(servers.addresses["guizhou"].app.get_secret_value())
    url = make_url(servers.addresses["wuxi"].app.get_secret_value()).set(
        username=guizhou.username, database="carbon_guizhou"
    )
    engine = create_async_engine(url)
    with pytest.raises(DBAPIError, match="password authentication failed"):
        async with engine.connect():
            pass
    await engine.dispose()


async def test_raw_sql_without_settings_sees_nothing(databases: Databases) -> None:
    async with databases.engine("wuxi").connect() as connection:
        tables = await connection.scalars(
            text("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
        )
        for table in [name for name in tables if name not in NOT_BUSINESS]:
            assert await connection.scalar(text(f"select count(*) from {table}")) == 0, table
