"""The doors of sign-in as browsers, programs and verifiers meet them."""

import base64
from uuid import UUID

import httpx
import jwt
import pytest
from factories.identity import PASSWORD, Made, enterprise, grant, verifier

from backend.identity import service
from backend.identity.service import sessions
from backend.kit.scope import Kind, Scope
from backend.wire.nodes import node_id

ME = {"query": "{ me { kind permissions organisation { id } person { id } } }"}


async def sign_in(http: httpx.AsyncClient, made: Made, tenant: str = "wuxi", **other) -> httpx.Response:
    body = {"email": made.email, "password": PASSWORD, **other}
    return await http.post(f"/{tenant}/auth/sign-in", json=body, headers={"accept-language": "en"})


async def me(http: httpx.AsyncClient, token: str, tenant: str = "wuxi") -> httpx.Response:
    return await http.post(f"/{tenant}/graphql", json=ME, headers={"authorization": f"Bearer {token}"})


class TestPeople:
    async def test_a_session_from_sign_in_to_sign_out(self, databases, http) -> None:
        plant = await enterprise(databases)
        answer = await sign_in(http, plant)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        session = answer.json()
        assert set(session) == {
            "accessToken", "tokenType", "expiresIn", "refreshToken", "refreshExpiresAt", "organisationId", "personId",
            "roles", "permissions",
        }  # fmt: skip
        assert (session["tokenType"], session["expiresIn"], session["roles"]) == ("Bearer", 600, ["administrator"])
        assert session["organisationId"] == node_id("Organisation", plant.id)

        shown = (await me(http, session["accessToken"])).json()["data"]["me"]
        assert shown == {
            "kind": "ENTERPRISE",
            "permissions": sorted(plant.scope.permissions),
            "organisation": {"id": node_id("Organisation", plant.id)},
            "person": {"id": node_id("Person", plant.person_id)},
        }

        refreshed = await http.post("/wuxi/auth/refresh", json={"refreshToken": session["refreshToken"]})
        assert refreshed.status_code == 200
        again = refreshed.json()
        left = await http.post("/wuxi/auth/sign-out", json={"refreshToken": again["refreshToken"]})
        assert (left.status_code, left.content) == (204, b"")
        sessions.forget()
        for token in (session["accessToken"], again["accessToken"]):
            refused = await me(http, token)
            assert refused.status_code == 401
            assert "token_revoked" in refused.text

    async def test_refusals_are_problem_details_in_both_languages(self, databases, http) -> None:
        plant = await enterprise(databases)
        answer = await sign_in(http, plant, password="a wrong password")
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == 'Bearer realm="carbon"'
        problem = answer.json()
        assert problem["code"] == "sign_in_refused"
        assert problem["detail"] == problem["messageEn"]
        assert problem["messageZh"].startswith("邮箱或密码不正确")

    async def test_a_locked_address_is_too_many_requests(self, databases, http) -> None:
        plant = await enterprise(databases)
        for _ in range(5):
            await sign_in(http, plant, password="a wrong password")
        answer = await sign_in(http, plant)
        assert (answer.status_code, answer.json()["code"]) == (429, "sign_in_locked")

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("sign-in", {"email": "x@example.com"}),
            ("sign-in", {"email": "x@example.com", "password": "y", "role": "administrator"}),
            ("sign-in", {"email": 7, "password": "y"}),
            ("refresh", {}),
            ("sign-out", {"refresh_token": "x"}),
            ("accept-invitation", {"token": "x"}),
        ],
    )
    async def test_a_body_that_does_not_fit_is_told_where(self, http, path: str, body: dict) -> None:
        answer = await http.post(f"/wuxi/auth/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "body_invalid")

    async def test_an_organisation_is_chosen_by_its_global_id_or_uuid(self, databases, http) -> None:
        plant, body = await enterprise(databases), await verifier(databases)
        await grant(databases, body, plant.person_id, "verifier")
        for chosen in (node_id("Organisation", body.id), str(body.id)):
            answer = await sign_in(http, plant, organisationId=chosen)
            assert answer.json()["roles"] == ["verifier"]
        refused = await sign_in(http, plant, organisationId="nonsense")
        assert (refused.status_code, refused.json()["code"]) == (400, "node_id_invalid")

    async def test_a_used_refresh_token_is_told_and_the_session_is_over(self, databases, http) -> None:
        session = (await sign_in(http, await enterprise(databases))).json()
        codes = [
            (await http.post("/wuxi/auth/refresh", json={"refreshToken": session["refreshToken"]})).json().get("code")
            for _ in range(3)
        ]
        assert codes == [None, "refresh_token_reused", "refresh_token_invalid"]

    async def test_a_password_is_changed_by_its_owner(self, databases, http) -> None:
        plant = await enterprise(databases)
        session = (await sign_in(http, plant)).json()
        headers = {"authorization": f"Bearer {session['accessToken']}"}
        body = {"current": PASSWORD, "password": "another good one"}
        assert (await http.post("/wuxi/auth/change-password", json=body)).status_code == 401
        weak = await http.post("/wuxi/auth/change-password", json={**body, "password": "short"}, headers=headers)
        assert (weak.status_code, weak.json()["code"]) == (400, "password_weak")
        changed = await http.post("/wuxi/auth/change-password", json=body, headers=headers)
        assert changed.status_code == 200
        sessions.forget()
        assert (await me(http, session["accessToken"])).status_code == 401
        assert (await me(http, changed.json()["accessToken"])).status_code == 200
        assert (await sign_in(http, plant)).status_code == 401
        assert (await sign_in(http, plant, password="another good one")).status_code == 200

    async def test_an_invitation_is_accepted(self, databases, http) -> None:
        plant = await enterprise(databases)
        async with databases.write(plant.scope) as write:
            offered = await service.invite(
                write, plant.scope, email=f"{plant.id.hex}.new@example.com", name="赵敏", role="viewer"
            )
        body = {"token": offered.token, "password": "a good password"}
        answer = await http.post("/wuxi/auth/accept-invitation", json=body)
        assert (answer.status_code, answer.json()["roles"]) == (200, ["viewer"])
        again = await http.post("/wuxi/auth/accept-invitation", json=body)
        assert (again.status_code, again.json()["code"]) == (401, "invitation_invalid")


class TestTenants:
    async def test_another_jurisdictions_token_is_refused(self, databases, http) -> None:
        session = (await sign_in(http, await enterprise(databases))).json()
        answer = await me(http, session["accessToken"], tenant="chengdu")
        assert answer.status_code == 401
        assert "token_of_another_tenant" in answer.text

    @pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Basic eDp5", "noise", "Bearer noise"])
    async def test_a_bad_header_is_never_silently_nobody(self, http, header: str) -> None:
        answer = await http.post("/wuxi/graphql", json=ME, headers={"authorization": header})
        assert answer.status_code == 401

    async def test_without_a_header_the_caller_is_nobody(self, http) -> None:
        answer = await http.post("/wuxi/graphql", json=ME)
        assert answer.json()["data"] == {"me": None}


class TestPrograms:
    @pytest.fixture
    async def program(self, databases) -> tuple[str, str]:
        plant = await enterprise(databases)
        async with databases.write(plant.scope) as write:
            key, secret = await service.create_client(
                write, plant.scope, name="能源平台", permissions=["emissions:enter", "emissions:read"]
            )
        return str(key), secret

    async def ask(self, http, **form) -> httpx.Response:
        headers = form.pop("headers", {})
        return await http.post("/wuxi/oauth/token", data={"grant_type": "client_credentials", **form}, headers=headers)

    async def test_credentials_in_the_form(self, databases, http, program) -> None:
        client_id, secret = program
        answer = await self.ask(http, client_id=client_id, client_secret=secret, scope="emissions:read")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        body = answer.json()
        assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
        assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 600, "emissions:read")
        shown = (await me(http, body["access_token"])).json()["data"]["me"]
        assert (shown["person"], shown["permissions"]) == (None, ["emissions:read"])
        scope = await service.scope_of_token(databases, "wuxi", body["access_token"])
        assert (scope.kind, scope.actor_id) == (Kind.ENTERPRISE, UUID(client_id))

    async def test_credentials_as_basic(self, http, program) -> None:
        value = base64.b64encode(":".join(program).encode()).decode()
        answer = await self.ask(http, headers={"authorization": f"Basic {value}"})
        assert answer.json()["scope"] == "emissions:enter emissions:read"

    async def test_wrong_credentials(self, http, program) -> None:
        client_id, _ = program
        answer = await self.ask(http, client_id=client_id, client_secret="wrong")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        value = base64.b64encode(f"{client_id}:wrong".encode()).decode()
        basic = await self.ask(http, headers={"authorization": f"Basic {value}"})
        assert (basic.status_code, basic.headers["www-authenticate"]) == (401, 'Basic realm="carbon"')
        for header in ("Basic !!!", "Basic eHk=", "Bearer x"):
            strange = await self.ask(http, headers={"authorization": header})
            assert (strange.status_code, strange.json()["error"]) == (401, "invalid_client")
        assert (await self.ask(http)).json()["error"] == "invalid_client"

    async def test_other_grants_and_scopes(self, http, program) -> None:
        client_id, secret = program
        answer = await http.post("/wuxi/oauth/token", data={"grant_type": "password", "username": "x"})
        assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
        more = await self.ask(http, client_id=client_id, client_secret=secret, scope="emissions:submit")
        assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")


class TestKeys:
    async def test_a_stranger_can_verify_a_token_with_what_is_published(self, databases, http) -> None:
        session = (await sign_in(http, await enterprise(databases))).json()
        about = (await http.get("/wuxi/.well-known/openid-configuration")).json()
        assert about["token_endpoint"] == "http://testserver/wuxi/oauth/token"
        assert about["jwks_uri"] == "http://testserver/wuxi/.well-known/jwks.json"
        answer = await http.get(about["jwks_uri"])
        assert answer.headers["cache-control"] == "max-age=300, public"
        keys = jwt.PyJWKSet.from_dict(answer.json())
        header = jwt.get_unverified_header(session["accessToken"])
        claims = jwt.decode(
            session["accessToken"], keys[header["kid"]], ["EdDSA"], audience="carbon", issuer=about["issuer"]
        )
        assert claims["tenant"] == "wuxi"
        assert claims["kind"] == "enterprise"
        assert claims["roles"] == ["administrator"]

    async def test_each_tenant_has_keys_of_its_own(self, databases, http) -> None:
        sets = [(await http.get(f"/{tenant}/.well-known/jwks.json")).json()["keys"] for tenant in ("wuxi", "chengdu")]
        first, second = ({key["kid"] for key in keys} for keys in sets)
        assert first
        assert second
        assert not first & second
        assert all("d" not in key for keys in sets for key in keys)


async def test_the_service_itself_is_nobodys_token(databases) -> None:
    """No role and no kind of a token leads to the service's own scope."""
    plant = await enterprise(databases)
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.organisation(read, read.scope, plant.id)
    assert found is not None
    assert found.kind not in {Kind.SYSTEM, Kind.NOBODY}
