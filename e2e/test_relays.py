"""Relays on the real lab: whose login, which mail, how fast; broken ones; and what the provider tells later."""

import base64
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from e2e.conftest import Send, Up, wait_for_event
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.outside.provider import password_of
from e2e.lab.plan import OUTSIDE_RELAY, OUTSIDE_RELAY_PORT
from e2e.lab.tenant import Tenant

Json = dict[str, Any]
SOON_SECONDS = 5.0


def add_relay(client: httpx.Client, login: str, **changes: object) -> Json:
    """Add the provider's server as a relay."""
    body = {
        "name": login,
        "kind": "smtp",
        "host": OUTSIDE_RELAY,
        "port": OUTSIDE_RELAY_PORT,
        "username": login,
        "password": password_of(login),
        "mode": "fallback",
    } | changes
    answer = client.post("/v1/relays", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


def switch(client: httpx.Client, domain: str, relay_id: str | None) -> None:
    """Switch a domain to a relay or back."""
    domains = client.get("/v1/domains", params={"limit": 100}).raise_for_status().json()["data"]
    domain_id = next(found["id"] for found in domains if found["name"] == domain)
    answer = client.post(f"/v1/domains/{domain_id}/relay", json={"relay_id": relay_id})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def relay(api: httpx.Client, up: Up, lab: Lab) -> Iterator[Json]:
    """A relay of the first tenant's; its domain is switched back when the test ends."""
    made = add_relay(api, f"ann-{secrets.token_hex(3)}")
    yield made
    lab.outside.let_relay_work(works=True)
    switch(api, up.domain, None)
    api.delete(f"/v1/relays/{made['id']}").raise_for_status()


@pytest.fixture
def other(lab: Lab, unique: str) -> Iterator[tuple[httpx.Client, str]]:
    """Another tenant with a proven domain of its own, at the same provider under another login."""
    with lab.api(lab.credentials.operator_key) as operator:
        made = operator.post("/v1/clients", json={"name": f"Bakery {unique}"}).raise_for_status().json()
        operator.headers["Fleetpost-Tenant"] = made["id"]
        domain = f"bakery-{unique}.test"
        Tenant(lab, operator).claim(domain)
        yield operator, domain


def test_a_domain_is_switched_to_a_relay_and_back_within_seconds(
    lab: Lab, up: Up, api: httpx.Client, relay: Json, send: Send, unique: str
) -> None:
    started = time.monotonic()
    switch(api, up.domain, relay["id"])
    away = f"away+{unique}@else.test"
    message_id = send(away)
    relayed = lab.outside.wait_for_relayed(away, seconds=SOON_SECONDS)
    assert time.monotonic() - started <= SOON_SECONDS
    assert relayed.login == relay["username"]
    assert ("X-PM-Metadata-fleetpost", message_id) in relayed.headers
    delivered = wait_for_event(api, message_id, "message.delivered")
    assert delivered["relay"].startswith(OUTSIDE_RELAY)
    switch(api, up.domain, None)
    back = f"back+{unique}@else.test"
    send(back)
    lab.outside.wait_for_mail(back)
    assert not lab.outside.mails(away)
    assert not lab.outside.relayed(back)


def test_two_tenants_at_one_provider_never_share_a_login(
    lab: Lab, up: Up, api: httpx.Client, relay: Json, send: Send, other: tuple[httpx.Client, str], unique: str
) -> None:
    bakery, domain = other
    theirs = add_relay(bakery, f"bob-{unique}")
    switch(api, up.domain, relay["id"])
    switch(bakery, domain, theirs["id"])
    expected: dict[str, str] = {}
    for number in range(10):
        ours, foreign = f"a{number}+{unique}@else.test", f"b{number}+{unique}@else.test"
        send(ours)
        mail = {"from": {"email": f"x@{domain}"}, "to": [{"email": foreign}], "subject": "Hi", "text": "Hi"}
        bakery.post("/v1/messages", json=mail).raise_for_status()
        expected |= {ours: relay["username"], foreign: theirs["username"]}
    found = {recipient: lab.outside.wait_for_relayed(recipient) for recipient in expected}
    assert {recipient: mail.login for recipient, mail in found.items()} == expected
    bakery.delete(f"/v1/relays/{theirs['id']}").raise_for_status()


def test_a_relay_that_fails_is_rested_and_used_again_when_it_works(
    lab: Lab, up: Up, api: httpx.Client, relay: Json, send: Send, unique: str
) -> None:
    lab.outside.let_relay_work(works=False)
    switch(api, up.domain, relay["id"])
    people = [f"wait{number}+{unique}@else.test" for number in range(12)]
    ids = [send(person) for person in people]
    wait_for_event(api, ids[0], "message.deferred", seconds=30)
    said = wait_until(
        lambda: api.get(f"/v1/relays/{relay['id']}").json()["health"]["last_error"], "it is told", seconds=60
    )
    assert "535" in said
    lab.outside.let_relay_work(works=True)
    again = f"again+{unique}@else.test"
    send(again)
    lab.outside.wait_for_relayed(again, seconds=90)
    for node in lab.nodes:
        node.run(["postqueue", "-f"])  # else Postfix waits for five minutes
    for person in people:
        assert lab.outside.wait_for_relayed(person, seconds=90).login == relay["username"]
        assert len(lab.outside.relayed(person)) == 1


def test_nodes_try_a_login_when_they_are_asked_to(lab: Lab, api: httpx.Client, relay: Json) -> None:
    for works, problem in ((True, ""), (False, "535")):
        lab.outside.let_relay_work(works=works)
        api.post(f"/v1/relays/{relay['id']}/test").raise_for_status()
        tests = wait_until(
            lambda: api.get(f"/v1/relays/{relay['id']}").json()["health"]["tests"], "a node tells", seconds=30
        )
        assert problem in tests[0]["problem"]
        assert bool(problem) == bool(tests[0]["problem"])


def test_what_the_provider_tells_later_stands_on_the_message(
    lab: Lab, up: Up, api: httpx.Client, send: Send, unique: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    body = {"name": "Events", "kind": "sendgrid", "password": "x", "events_key": base64.b64encode(public).decode()}
    made = api.post("/v1/relays", json=body | {"mode": "fallback"}).raise_for_status().json()
    recipient = f"later+{unique}@else.test"
    message_id = send(recipient)
    event = {"event": "spamreport", "email": recipient, "timestamp": int(time.time()), "sg_event_id": unique}
    text = json.dumps([event | {"smtp-id": f"<{message_id}@{up.domain}>"}]).encode()
    stamp = str(int(time.time()))
    signature = key.sign(stamp.encode() + text, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": stamp,
    }
    path = httpx.URL(made["events_url"]).raw_path.decode()
    with httpx.Client(base_url=up.api, timeout=30) as provider:
        assert provider.post(path, content=text[:-1] + b" ]", headers=headers).status_code == 401
        assert provider.post(path, content=text, headers=headers).status_code == 204
        assert provider.post(path, content=text, headers=headers).status_code == 204
    wait_for_event(api, message_id, "message.complained")
    api.delete(f"/v1/relays/{made['id']}").raise_for_status()
