"""`carbon organisations`, `carbon people`, `carbon keys`: what nobody may do over the network.

The first organisation of an installation is registered here, a forgotten password is reset here (after the operator
has proved who asks), and signing keys are rotated here.
"""

from typing import Any
from uuid import UUID

import click

from backend.cli.session import databases, served
from backend.cli.terminal import checked_settings, run, say, screen
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope

KINDS = [kind.value for kind in Kind if kind not in {Kind.NOBODY, Kind.SYSTEM}]
TENANT = click.option("--tenant", required=True, help="The jurisdiction's code, e.g. wuxi.")


def in_tenant(tenant: str, body: Any) -> Any:  # noqa: ANN401 - a coroutine function of (write, scope) and its result
    """Run a command of identity under the service's own scope, in one transaction."""
    settings = checked_settings()
    (code,) = served(settings, tenant)

    async def whole() -> Any:  # noqa: ANN401 - see above
        scope = Scope.system(code)
        async with databases(settings) as opened, opened.write(scope) as write:
            return await body(write, scope)

    return run(whole())


async def person_of(write: Write, scope: Scope, email: str) -> UUID:
    """Return the id of the person with this address.

    Raises:
        PersonUnknown: nobody here has it.
    """
    from backend.identity import service  # noqa: PLC0415 - keeps `--help` quick

    return await service.person_with_address(write, scope, email)


@click.group()
def organisations() -> None:
    """Register organisations: the first of an installation, and any other."""


@organisations.command()
@TENANT
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What it is.")
@click.option("--name", required=True, help="Registered name.")
@click.option("--credit-code", required=True, help="Unified social credit code; its check character is verified.")
@click.option("--division", required=True, help="Division of its seat; an authority's region.")
@click.option("--administrator", required=True, help="E-mail address of its first administrator.")
@click.option("--administrator-name", required=True, help="Their name.")
def register(
    tenant: str, kind: str, name: str, credit_code: str, division: str, administrator: str, administrator_name: str
) -> None:
    """Register an organisation and invite its first administrator.

    Prints the invitation's token once; it is accepted with POST /<tenant>/auth/accept-invitation within seven days.
    """
    from backend.identity import service  # noqa: PLC0415 - keeps `--help` quick

    async def body(write: Write, scope: Scope) -> str:
        key = await service.register_organisation(
            write, scope, kind=Kind(kind), name=name, credit_code=credit_code, division_code=division
        )
        offered = await service.invite_administrator(
            write, scope, organisation_id=key, email=administrator, name=administrator_name
        )
        return offered.token

    token = in_tenant(tenant, body)
    screen.print(say(f"Registered. Invitation for {administrator}:", f"已登记。{administrator} 的邀请令牌："))
    screen.print(token)


@click.group()
def people() -> None:
    """Help people who cannot help themselves; prove who asks first."""


@people.command(name="reset-password")
@TENANT
@click.argument("email")
@click.password_option(help="The new password; asked for when not given.")
def reset_password(tenant: str, email: str, password: str) -> None:
    """Set somebody's password and end every session of theirs."""
    from backend.identity import service  # noqa: PLC0415 - keeps `--help` quick

    async def body(write: Write, scope: Scope) -> None:
        person_id = await person_of(write, scope, email)
        await service.reset_password(write, scope, person_id=person_id, password=password)

    in_tenant(tenant, body)
    screen.print(say(f"{email}: password set, sessions ended", f"{email}：密码已重置，会话已全部结束"))


@people.command()
@TENANT
@click.argument("email")
@click.option("--reason", required=True, help="Why; kept in the audit trail.")
def disable(tenant: str, email: str, reason: str) -> None:
    """Bar somebody from signing in anywhere in the jurisdiction, at once."""
    from backend.identity import service  # noqa: PLC0415 - keeps `--help` quick

    async def body(write: Write, scope: Scope) -> None:
        person_id = await person_of(write, scope, email)
        await service.disable_person(write, scope, person_id=person_id, reason=reason)

    in_tenant(tenant, body)
    screen.print(say(f"{email}: disabled", f"{email}：已停用"))


@click.group()
def keys() -> None:
    """Look after the keys that sign access tokens, and those that sign documents and the journal's checkpoints."""


@keys.command()
@TENANT
@click.option("--documents", is_flag=True, help="The key of certificates and checkpoints, not that of access tokens.")
@click.option("--compromised", is_flag=True, help="Somebody else has the old keys: trust them no more, at once.")
def rotate(tenant: str, *, documents: bool, compromised: bool) -> None:
    """Publish a new signing key.

    Of access tokens: it signs an hour from now; old tokens live on until they expire, or end now if the keys are
    compromised. Keys are rotated by themselves every 90 days.

    Of documents: it signs from now on. The old keys stay published for ever; compromised ones are marked revoked, and
    what they signed is proved by the register alone. Renewed by itself every year.
    """
    from backend.identity import service as identity  # noqa: PLC0415 - keeps `--help` quick
    from backend.statements import service as statements  # noqa: PLC0415 - the same

    seal = identity.seal_of(checked_settings())

    async def body(write: Write, scope: Scope) -> str:
        renew = statements.renew_document_key if documents else identity.rotate_keys
        return await renew(write, scope, seal, is_compromised=compromised)

    key_id = in_tenant(tenant, body)
    screen.print(say(f"{tenant}: new key {key_id}", f"{tenant}：新密钥 {key_id}"))
