"""Webhook endpoints over GraphQL: secrets shown once, addresses judged, everybody's own."""

from typing import Any

import pytest
from factories import identity
from factories.api import Client
from factories.hooks import deliveries_of
from factories.lending import lent

from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.lending.webhooks import rules
from backend.lending.webhooks.endpoints import disable
from backend.lending.webhooks.terms import terms
from backend.lending.webhooks.values import DisabledBecause, UrlFault
from backend.wire.nodes import node_id

URL = "https://bank.example/hooks/carbon?of=green"


async def made(bank: Client, url: str = URL, events: tuple[str, ...] = ("CONSENT_GRANTED",), **more: Any) -> Any:
    given = {"url": url, "events": list(events), "description": "贷后"}
    return (await bank.named("CreateWebhookEndpoint", input=given, **more))["createWebhookEndpoint"]


async def test_the_secret_is_shown_once_even_to_whoever_repeats(databases: Databases, client: Client) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    key = new_id().hex
    first = await made(bank, idempotencyKey=key)
    assert len(rules.SECRET_PREFIX) < len(first["secret"])
    again = await made(bank, idempotencyKey=key)
    assert (again["id"], again["secret"]) == (first["id"], None)
    (node,) = (await bank.named("WebhookEndpoints"))["webhookEndpoints"]["nodes"]
    assert (node["id"], node["url"], node["description"], node["events"]) == (
        first["id"], URL, "贷后", ["CONSENT_GRANTED"],
    )  # fmt: skip
    fresh = (await bank.named("RotateWebhookSecret", input={"id": first["id"]}))["rotateWebhookSecret"]
    assert fresh["secret"] not in {None, first["secret"]}
    (node,) = (await bank.named("WebhookEndpoints"))["webhookEndpoints"]["nodes"]
    assert node["formerUntil"] is not None


async def test_dead_messages_are_seen_and_sent_again(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    bank = await client.signed_in(lender)
    first = await made(bank)
    world = await lent(databases, bank=lender)
    page = await bank.named("WebhookDeliveries", endpointId=first["id"])
    (node,) = page["webhookDeliveries"]["nodes"]
    assert (node["kind"], node["state"], node["attempts"], node["accountId"]) == ("CONSENT_GRANTED", "WAITING", 0, None)
    assert world.bank == lender
    off = (await bank.named("DisableWebhookEndpoint", input={"id": first["id"]}))["disableWebhookEndpoint"]
    assert off == {"__typename": "WebhookEndpointChanged", "id": first["id"]}
    dead = await bank.named("WebhookDeliveries", endpointId=first["id"], state="DEAD")
    (node,) = dead["webhookDeliveries"]["nodes"]
    assert node["lastFailure"] == "ENDPOINT_DISABLED"
    refused = await bank.named("RedeliverWebhooks", input={"endpointId": first["id"]})
    assert refused["redeliverWebhooks"]["code"] == "webhook_endpoint_disabled"
    await bank.named("EnableWebhookEndpoint", input={"id": first["id"]})
    given = {"endpointId": first["id"], "deliveryIds": [node["id"]]}
    assert (await bank.named("RedeliverWebhooks", input=given))["redeliverWebhooks"]["count"] == 1
    assert (await bank.named("RedeliverWebhooks", input=given))["redeliverWebhooks"]["code"] == (
        "webhook_delivery_not_found"
    )
    again = await bank.named("WebhookDeliveries", endpointId=first["id"], state="WAITING")
    assert [each["messageId"] for each in again["webhookDeliveries"]["nodes"]] == [node["messageId"]]
    removed = await bank.named("RemoveWebhookEndpoint", input={"id": first["id"]})
    assert removed["removeWebhookEndpoint"]["__typename"] == "WebhookEndpointChanged"
    assert (await bank.named("WebhookEndpoints"))["webhookEndpoints"]["nodes"] == []
    gone = await bank.named("RotateWebhookSecret", input={"id": first["id"]})
    assert gone["rotateWebhookSecret"]["code"] == "webhook_endpoint_not_found"


async def test_another_banks_endpoint_is_not_there(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    owner, other = await client.signed_in(lender), await client.signed_in(await identity.bank(databases))
    first = await made(owner)
    await lent(databases, bank=lender)
    for name in ("RotateWebhookSecret", "EnableWebhookEndpoint", "DisableWebhookEndpoint", "RemoveWebhookEndpoint"):
        answer = await other.named(name, input={"id": first["id"]})
        assert answer[name[0].lower() + name[1:]]["code"] == "webhook_endpoint_not_found", name
    answer = await other.named("RedeliverWebhooks", input={"endpointId": first["id"]})
    assert answer["redeliverWebhooks"]["code"] == "webhook_endpoint_not_found"
    asked = "query($id: ID!) { webhookDeliveries(endpointId: $id) { nodes { id } } }"
    assert (await other.ask(asked, id=first["id"]))["errors"][0]["extensions"]["code"] == "webhook_endpoint_not_found"
    (node,) = (await owner.named("WebhookEndpoints"))["webhookEndpoints"]["nodes"]
    assert (node["disabledAt"], node["secretAt"]) == (None, node["createdAt"])


async def test_a_bank_has_so_many_and_an_enterprise_none(databases: Databases, client: Client) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    for _ in range(terms().most):
        await made(bank)
    assert (await made(bank))["code"] == "webhook_endpoints_too_many"
    assert (await made(bank, events=()))["code"] == "webhook_events_missing"
    owner = await client.signed_in(await identity.enterprise(databases))
    assert (await made(owner))["code"] == "forbidden"
    answer = await owner.ask("{ webhookEndpoints { nodes { id } } }")
    assert answer["errors"][0]["extensions"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example/hook", "https://", "ftp://bank.example/", "https://user:secret@bank.example/",
        "https://bank.example/#part", "https://localhost/", "https://LOCALHOST./x", "https://db.internal/",
        "https://127.0.0.1/", "https://10.0.0.8/", "https://192.168.1.1/", "https://169.254.169.254/latest",
        "https://100.64.0.1/", "https://0.0.0.0/", "https://[::1]/", "https://[fd00::1]/", "https://[fe80::1]/",
        "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[2002:a00:1::]/", "https://224.0.0.1/",
        "https://bank.example:99999/", "https://bank.example/ x", "https://银行.example/", "bank.example",
        "https://bank.example/" + "x" * 2000,
    ],
)  # fmt: skip
async def test_an_address_that_is_not_public_is_refused(databases: Databases, client: Client, url: str) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    answer = await made(bank, url)
    assert (answer.get("code"), answer.get("path")) == ("webhook_url_invalid", ["input", "url"])
    assert (await bank.named("WebhookEndpoints"))["webhookEndpoints"]["nodes"] == []


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("not a url", UrlFault.NO_ADDRESS), ("https://", UrlFault.NO_ADDRESS), ("http://bank.example/", UrlFault.NOT_HTTPS),
        ("https://bank.example/ x", UrlFault.CHARACTERS), ("https://b.example/" + "x" * 2000, UrlFault.TOO_LONG),
        ("https://u:p@bank.example/", UrlFault.USER_OR_FRAGMENT), ("https://10.0.0.8/", UrlFault.PRIVATE),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_an_address_is_said_in_both_languages(
    databases: Databases, client: Client, url: str, fault: UrlFault
) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    answer = await made(bank, url)
    assert fault.zh in answer["messageZh"]
    assert fault.en in answer["messageEn"]


def test_public_addresses_are_those_of_the_internet() -> None:
    assert all(rules.is_public(each) for each in ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"))
    refused = ("127.0.0.1", "::", "::1", "fe80::1%eth0", "::ffff:127.0.0.1", "2002:7f00:1::", "240.0.0.1", "ff02::1")
    assert [each for each in refused if rules.is_public(each)] == []


async def test_giving_up_twice_changes_nothing(databases: Databases, client: Client) -> None:
    lender = await identity.bank(databases)
    first = await made(await client.signed_in(lender))
    from backend.wire.nodes import uuids  # noqa: PLC0415 - the id inside, for the table

    (own,) = uuids(first["id"], "WebhookEndpoint")
    assert node_id("WebhookEndpoint", own) == first["id"]
    for because in (DisabledBecause.GONE, DisabledBecause.FAILING):
        async with databases.write(lender.scope) as write:
            await disable(write, own, because)
    (node,) = (await (await client.signed_in(lender)).named("WebhookEndpoints"))["webhookEndpoints"]["nodes"]
    assert node["disabledBecause"] == "GONE"
    assert await deliveries_of(databases, own) == []
