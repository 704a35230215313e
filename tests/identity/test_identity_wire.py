"""Identity over GraphQL: the named operations, their refusals, their statements, their idempotency."""

from pathlib import Path

import pytest
from factories.api import Client
from factories.identity import (
    Made,
    address,
    asked,
    authority,
    bank,
    colleague,
    consented,
    engaged,
    enterprise,
    grant,
    membership_of,
    token_of,
    verifier,
)
from sqlalchemy import event, select, text

from backend.identity import rules
from backend.identity.models import ApiClient
from backend.identity.rules import fictitious_code
from backend.kit.clock import today
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.wire.nodes import node_id

OPERATIONS = Path(__file__).resolve().parents[2] / "graphql" / "operations" / "identity"


@pytest.fixture
def acting(databases, servers, client):
    """Return a client signed in as the person of a scope."""

    async def as_somebody(made: Made, scope: Scope | None = None) -> Client:
        return client.as_(await token_of(databases, servers.settings, made, scope))

    return as_somebody


async def run(client: Client, name: str, **variables):
    """Run a named operation and return its data."""
    answer = await client.ask((OPERATIONS / f"{name}.graphql").read_text(), **variables)
    assert "errors" not in answer, answer
    return answer["data"]


async def command(client: Client, operation: str, /, key: str | None = None, **given):
    """Run a named mutation and return its one field."""
    data = await run(client, operation, input=given, idempotencyKey=key)
    return data[operation[0].lower() + operation[1:]]


async def refusal(client: Client, name: str, **variables) -> str:
    """Run a query that must fail and return the error's code."""
    answer = await client.ask((OPERATIONS / f"{name}.graphql").read_text(), **variables)
    return answer["errors"][0]["extensions"]["code"]


class TestMe:
    async def test_everything_about_the_caller(self, databases, acting) -> None:
        plant = await enterprise(databases)
        me = (await run(await acting(plant), "Me"))["me"]
        assert me["tenant"] == "wuxi"
        assert me["permissions"] == sorted(plant.scope.permissions)
        assert me["person"]["email"] == plant.email
        assert me["organisation"]["creditCode"] == plant.credit_code
        assert [(one["role"], one["organisation"]["id"]) for one in me["memberships"]] == [
            ("administrator", node_id("Organisation", plant.id))
        ]

    async def test_other_organisations_of_the_person_are_named(self, databases, acting) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        await grant(databases, other, plant.person_id, "viewer")
        me = (await run(await acting(plant), "Me"))["me"]
        assert [one["organisation"]["id"] for one in me["memberships"]] == [
            node_id("Organisation", plant.id), node_id("Organisation", other.id),
        ]  # fmt: skip

    async def test_nobody_is_null(self, client) -> None:
        assert await run(client, "Me") == {"me": None}

    async def test_roles_and_grantable_permissions(self, databases, acting) -> None:
        plant = await enterprise(databases)
        found = await run(await acting(plant), "Roles")
        assert [role["name"] for role in found["roles"]] == [
            "administrator",
            "energy_manager",
            "carbon_officer",
            "viewer",
        ]
        assert "identity:manage_members" not in found["grantablePermissions"]


class TestRegistering:
    async def test_an_authority_registers_and_hands_over(self, databases, acting, http) -> None:
        district = await authority(databases, division="320206")
        asking = await acting(district)
        credit_code = fictitious_code(Kind.ENTERPRISE, "320206", new_id().int % 31**6)
        made = await command(
            asking, "RegisterOrganisation", kind="ENTERPRISE", name="太湖特钢有限公司", creditCode=credit_code,
            divisionCode="320206", sector="steel",
        )  # fmt: skip
        assert made["__typename"] == "OrganisationRegistered"
        organisation = made["organisation"]
        assert (organisation["creditCode"], organisation["suspendedAt"]) == (credit_code, None)

        offered = await command(
            asking,
            "InviteAdministrator",
            organisationId=organisation["id"],
            email=f"{credit_code}@example.com",
            name="王总",
        )
        accepted = await http.post(
            "/wuxi/auth/accept-invitation", json={"token": offered["token"], "password": "a good password"}
        )
        assert accepted.json()["roles"] == ["administrator"]

        told = await command(asking, "SuspendOrganisation", organisationId=organisation["id"], reason="整改")
        assert told["organisation"]["suspendedAt"] is not None
        back = await command(asking, "ResumeOrganisation", organisationId=organisation["id"], reason="完成")
        assert back["organisation"]["suspendedAt"] is None

    async def test_a_mistyped_code_is_told_where_and_how_to_mend_it(self, databases, acting) -> None:
        asking = await acting(await authority(databases))
        refused = await command(
            asking,
            "RegisterOrganisation",
            kind="BANK",
            name="x",
            creditCode="91350100M000100Y44",
            divisionCode="320200",
        )
        assert (refused["__typename"], refused["code"]) == ("InvalidError", "credit_code_invalid")
        assert "校验码不符" in refused["messageZh"]

    async def test_refusals_are_audited(self, databases, acting, events) -> None:
        plant = await enterprise(databases)
        refused = await command(
            await acting(plant), "RegisterOrganisation", kind="BANK", name="x", creditCode="x", divisionCode="x"
        )
        assert (refused["__typename"], refused["code"]) == ("ForbiddenError", "forbidden")
        last = (await events(plant.id))[-1]
        assert (last.action, last.outcome, last.details["code"]) == ("identity:register", "refused", "forbidden")

    async def test_lists_are_paged_and_filtered(self, databases, acting) -> None:
        district = await authority(databases, division="320282")
        made = [await enterprise(databases, division="320282", name="宜兴陶瓷") for _ in range(5)]
        asking = await acting(district)
        first = (await run(asking, "Organisations", first=2, search="宜兴陶瓷"))["organisations"]
        rest = (await run(asking, "Organisations", first=50, after=first["pageInfo"]["endCursor"], search="宜兴陶瓷"))[
            "organisations"
        ]
        assert first["pageInfo"]["hasNextPage"]
        assert not rest["pageInfo"]["hasNextPage"]
        ids = [one["id"] for one in first["nodes"] + rest["nodes"]]
        assert ids == [node_id("Organisation", one.id) for one in made]
        by_code = await run(asking, "Organisations", search=made[3].credit_code.lower())
        assert [one["id"] for one in by_code["organisations"]["nodes"]] == [node_id("Organisation", made[3].id)]
        wildcard = await run(asking, "Organisations", search="%", kind="ENTERPRISE")
        assert wildcard["organisations"]["nodes"] == []
        assert await refusal(asking, "Organisations", first=101) == "page_invalid"
        assert await refusal(asking, "Organisations", after="noise") == "page_invalid"
        assert await refusal(asking, "Organisations", after="WzFd") == "page_invalid"

    async def test_one_organisation_is_null_where_it_is_not_yours(self, databases, acting) -> None:
        plant, other = await enterprise(databases), await enterprise(databases)
        asking = await acting(plant)
        assert (await run(asking, "Organisation", id=node_id("Organisation", plant.id)))["organisation"][
            "kind"
        ] == "ENTERPRISE"
        assert (await run(asking, "Organisation", id=node_id("Organisation", other.id)))["organisation"] is None
        assert await refusal(asking, "Organisation", id=node_id("Person", plant.person_id)) == "node_id_invalid"


class TestMembers:
    async def test_invite_grant_revoke(self, databases, acting) -> None:
        plant = await enterprise(databases)
        member = await colleague(databases, plant, "viewer")
        asking = await acting(plant)
        offered = await command(asking, "InviteMember", email="new@example.com", name="赵敏", role="viewer")
        assert len(offered["token"]) == 43
        (shown,) = (await run(asking, "Invitations"))["invitations"]["nodes"]
        assert (shown["id"], shown["email"], shown["acceptedAt"]) == (offered["id"], "new@example.com", None)
        assert (await command(asking, "WithdrawInvitation", id=offered["id"]))["id"] == offered["id"]
        granted = await command(asking, "GrantRole", personId=node_id("Person", member.actor_id), role="energy_manager")
        nodes = (await run(asking, "Members"))["members"]["nodes"]
        assert [(one["role"], one["person"]["email"]) for one in nodes] == [
            ("administrator", plant.email),
            ("viewer", address(member.actor_id)),
            ("energy_manager", address(member.actor_id)),
        ]
        assert "emissions:enter" in nodes[2]["permissions"]
        await command(asking, "RevokeRole", id=granted["id"])
        ended = (await run(asking, "Members", isActive=False))["members"]["nodes"]
        assert [one["id"] for one in ended] == [granted["id"]]

    async def test_the_last_administrator_is_a_conflict(self, databases, acting) -> None:
        plant = await enterprise(databases)
        key = await membership_of(databases, plant, plant.person_id, "administrator")
        refused = await command(await acting(plant), "RevokeRole", id=node_id("Membership", key))
        assert (refused["__typename"], refused["code"]) == ("ConflictError", "last_administrator")

    async def test_sessions_are_ended(self, databases, acting) -> None:
        plant = await enterprise(databases)
        assert (await command(await acting(plant), "SignOutEverywhere"))["isDone"] is True

    async def test_a_viewer_reads_members_but_neither_invitations_nor_programs_nor_the_audit(
        self, databases, acting
    ) -> None:
        plant = await enterprise(databases)
        asking = await acting(plant, await colleague(databases, plant, "viewer"))
        assert len((await run(asking, "Members"))["members"]["nodes"]) == 2
        for name in ("Invitations", "ApiClients", "AuditEvents", "VerifyAuditChain"):
            assert await refusal(asking, name) == "forbidden"

    async def test_nobody_reads_nothing(self, client) -> None:
        for name in (
            "Organisations", "Members", "Invitations", "Engagements", "Consents", "ConsentRequests", "ApiClients",
            "AuditEvents", "VerifyAuditChain",
        ):  # fmt: skip
            assert await refusal(client, name) == "unauthenticated"


class TestAgreements:
    async def test_engage_and_end(self, databases, acting) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        asking, watching = await acting(plant), await acting(body)
        made = await command(
            asking, "EngageVerifier", verifierId=node_id("Organisation", body.id), purpose="年度核查",
            startsOn=today().isoformat(), endsOn=today().isoformat(),
        )  # fmt: skip
        (shown,) = (await run(watching, "Engagements"))["engagements"]["nodes"]
        assert (shown["id"], shown["enterprise"]["id"]) == (made["id"], node_id("Organisation", plant.id))
        assert (await command(watching, "EndEngagement", id=made["id"], reason="冲突"))["id"] == made["id"]
        (over,) = (await run(asking, "Engagements"))["engagements"]["nodes"]
        assert over["endedAt"] is not None

    async def test_consent_and_revoke(self, databases, acting) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        asking = await acting(plant)
        made = await command(
            asking, "GrantConsent", bankId=node_id("Organisation", lender.id), scopes=["score"], purpose="贷款",
            startsOn=today().isoformat(), endsOn=today().isoformat(),
        )  # fmt: skip
        (shown,) = (await run(await acting(lender), "Consents"))["consents"]["nodes"]
        assert (shown["scopes"], shown["bank"]["id"]) == (["score"], node_id("Organisation", lender.id))
        await command(asking, "RevokeConsent", id=made["id"])
        again = await command(asking, "RevokeConsent", id=made["id"])
        assert (again["__typename"], again["code"]) == ("ConflictError", "already_revoked")

    async def test_a_bank_asks_and_the_enterprise_answers(self, databases, acting) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        asking, answering = await acting(lender), await acting(plant)
        wanted = {
            "askedFor": plant.credit_code, "scopes": ["statement", "score"], "purpose": "贷款", "message": "续贷",
            "startsOn": today().isoformat(), "endsOn": today().isoformat(),
        }  # fmt: skip
        made = await command(asking, "RequestConsent", **wanted)
        (sent,) = (await run(asking, "ConsentRequests"))["consentRequests"]["nodes"]
        assert (sent["state"], sent["scopes"], sent["enterprise"]) == ("ASKED", ["score", "statement"], None)
        refused = await command(answering, "AnswerConsentRequest", id=made["id"], isGranted=True, scopes=["pledge"])
        assert (refused["code"], refused["path"]) == ("consent_wider", ["input", "scopes"])
        given = await command(answering, "AnswerConsentRequest", id=made["id"], isGranted=True, scopes=["score"])
        (sent,) = (await run(asking, "ConsentRequests", state="GRANTED"))["consentRequests"]["nodes"]
        assert (sent["consentId"], sent["enterprise"]["id"]) == (given["consentId"], node_id("Organisation", plant.id))
        (got,) = (await run(answering, "ConsentRequests"))["consentRequests"]["nodes"]
        assert (got["id"], got["bank"]["id"], got["message"]) == (
            made["id"],
            node_id("Organisation", lender.id),
            "续贷",
        )
        again = await command(asking, "RequestConsent", **wanted)
        declined = await command(answering, "AnswerConsentRequest", id=again["id"], isGranted=False, reason="不需要")
        assert (declined["id"], declined["consentId"]) == (again["id"], None)
        third = await command(asking, "RequestConsent", **wanted)
        assert (await command(asking, "WithdrawConsentRequest", id=third["id"]))["id"] == third["id"]
        late = await command(answering, "AnswerConsentRequest", id=third["id"], isGranted=True)
        assert (late["__typename"], late["code"]) == ("ConflictError", "consent_request_ended")
        unknown = await command(asking, "RequestConsent", **{**wanted, "askedFor": "CA-320200-999999"})
        assert (unknown["code"], unknown["path"]) == ("enterprise_not_found", ["input", "askedFor"])
        for word in ("该授权申请", "已撤回"):
            assert word in late["messageZh"]

    async def test_unknown_enterprises_are_counted_as_requests(self, databases, acting, monkeypatch) -> None:
        monkeypatch.setattr(rules, "MOST_REQUESTS", 3)
        asking = await acting(await bank(databases))
        codes = [
            (await command(
                asking, "RequestConsent", askedFor=f"CA-320200-99999{place}", scopes=["score"], purpose="贷款",
                startsOn=today().isoformat(), endsOn=today().isoformat(),
            ))["code"]
            for place in range(4)
        ]  # fmt: skip
        assert codes == ["enterprise_not_found"] * 3 + ["consent_requests_too_many"]

    async def test_a_foreign_consent_is_not_found(self, databases, acting) -> None:
        plant, lender = await enterprise(databases), await bank(databases)
        key = await consented(databases, plant, lender)
        refused = await command(await acting(await enterprise(databases)), "RevokeConsent", id=node_id("Consent", key))
        assert (refused["__typename"], refused["code"]) == ("NotFoundError", "consent_not_found")

    async def test_a_list_costs_two_statements_whatever_its_size(self, databases, acting) -> None:
        """One for the page, one for every organisation it names."""
        body = await verifier(databases)
        for _ in range(4):
            await engaged(databases, await enterprise(databases), body)
        asking = await acting(body)
        statements: list[str] = []

        def count(_connection, _cursor, statement: str, *_rest) -> None:
            statements.append(statement)

        engine = databases.engine("wuxi").sync_engine
        await run(asking, "Engagements")
        event.listen(engine, "before_cursor_execute", count)
        try:
            found = (await run(asking, "Engagements"))["engagements"]["nodes"]
        finally:
            event.remove(engine, "before_cursor_execute", count)
        assert len(found) == 4
        assert all(one["enterprise"] and one["verifier"] for one in found)
        asked = [
            one
            for one in statements
            if "set_config" not in one and "revoked_token" not in one and "signing_key" not in one
        ]
        assert len(asked) == 2, asked


class TestPrograms:
    async def test_create_use_revoke(self, databases, acting, http) -> None:
        asking = await acting(await enterprise(databases))
        made = await command(asking, "CreateApiClient", name="能源平台", permissions=["emissions:read"])
        form = {
            "grant_type": "client_credentials", "client_id": made["clientId"], "client_secret": made["clientSecret"],
        }  # fmt: skip
        assert (await http.post("/wuxi/oauth/token", data=form)).status_code == 200
        (shown,) = (await run(asking, "ApiClients"))["apiClients"]["nodes"]
        assert (shown["clientId"], shown["permissions"]) == (made["clientId"], ["emissions:read"])
        assert shown["lastUsedAt"] is not None
        await command(asking, "RevokeApiClient", id=made["id"])
        assert (await http.post("/wuxi/oauth/token", data=form)).status_code == 401

    async def test_a_replay_makes_no_second_program_and_shows_no_secret(self, databases, acting) -> None:
        plant = await enterprise(databases)
        asking, key = await acting(plant), new_id().hex
        given = {"name": "能源平台", "permissions": ["emissions:read"]}
        first = await command(asking, "CreateApiClient", key=key, **given)
        again = await command(asking, "CreateApiClient", key=key, **given)
        assert again == {**first, "clientSecret": None}
        assert first["clientSecret"]
        other = await command(asking, "CreateApiClient", key=key, **{**given, "name": "x"})
        assert (other["__typename"], other["code"]) == ("ConflictError", "idempotency_key_reused")
        async with databases.read(Scope.system("wuxi")) as read:
            assert len(await read.rows(select(ApiClient.id).where(ApiClient.organisation_id == plant.id))) == 1
            kept = await read.value(
                text("select answer::text from command_key where organisation_id = :id and key = :key"),
                {"id": plant.id, "key": key},
            )
        assert first["clientSecret"] not in kept

    async def test_an_invitations_token_is_not_kept_either(self, databases, acting) -> None:
        asking, key = await acting(await enterprise(databases)), new_id().hex
        given = {"email": "new@example.com", "name": "赵敏", "role": "viewer"}
        first = await command(asking, "InviteMember", key=key, **given)
        assert await command(asking, "InviteMember", key=key, **given) == {**first, "token": None}


class TestAudit:
    async def test_the_chain_is_read_and_verified_by_its_administrators(self, databases, acting) -> None:
        plant = await enterprise(databases)
        asking = await acting(plant)
        await command(asking, "InviteMember", email="new@example.com", name="赵敏", role="viewer")
        page = (await run(asking, "AuditEvents", first=1))["auditEvents"]
        (newest,) = page["nodes"]
        assert (newest["action"], newest["outcome"], newest["actorName"]) == ("identity:invite", "DONE", "李明")
        older = (await run(asking, "AuditEvents", after=page["pageInfo"]["endCursor"]))["auditEvents"]["nodes"]
        assert [one["action"] for one in older] == ["identity:sign_in"]
        mine = await run(asking, "AuditEvents", actorId=node_id("Person", plant.person_id), action="identity:")
        assert [one["action"] for one in mine["auditEvents"]["nodes"]] == ["identity:invite"]
        assert (await run(asking, "AuditEvents", outcome="REFUSED"))["auditEvents"]["nodes"] == []
        assert (await run(asking, "VerifyAuditChain"))["verifyAuditChain"] == {
            "length": 2, "isWhole": True, "brokenAt": None,
        }  # fmt: skip


class TestNodes:
    async def test_everything_is_fetched_again_by_its_id_and_by_nobody_else(self, databases, acting) -> None:
        plant, body, lender = await enterprise(databases), await verifier(databases), await bank(databases)
        asking = await acting(plant)
        ids = [
            node_id("Organisation", plant.id),
            node_id("Person", plant.person_id),
            node_id("Membership", await membership_of(databases, plant, plant.person_id, "administrator")),
            node_id("Engagement", await engaged(databases, plant, body)),
            node_id("Consent", await consented(databases, plant, lender)),
            node_id("ConsentRequest", await asked(databases, lender, plant)),
            (await command(asking, "InviteMember", email="new@example.com", name="赵敏", role="viewer"))["id"],
            (await command(asking, "CreateApiClient", name="x", permissions=["emissions:read"]))["id"],
            (await run(asking, "AuditEvents", first=1))["auditEvents"]["nodes"][0]["id"],
        ]
        query = "query($id: ID!) { node(id: $id) { __typename id } }"
        stranger = await acting(await enterprise(databases))
        names = []
        for key in ids:
            own = (await asking.ask(query, id=key))["data"]["node"]
            assert own["id"] == key
            names.append(own["__typename"])
            assert (await stranger.ask(query, id=key))["data"]["node"] is None
        assert names == [
            "Organisation", "Person", "Membership", "Engagement", "Consent", "ConsentRequest", "Invitation", "ApiClient",
            "AuditEvent",
        ]  # fmt: skip
