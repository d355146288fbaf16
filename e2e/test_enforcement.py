"""Bad figures on real mail: a stream is paused by itself, its mail is held, an appeal frees it, and it arrives."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.tenant import Tenant

SECONDS = 90.0
Row = dict[str, Any]
_BOUNCES = 40


def _json(answer: httpx.Response) -> Row:
    found: Row = answer.raise_for_status().json()
    return found


@pytest.fixture
def operator(up: Up) -> Iterator[httpx.Client]:
    """The public API with the operator's key."""
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.operator_key}"}, timeout=30) as client:
        yield client


@pytest.fixture
def domain(unique: str) -> str:
    """Whose mail is measured: an account of its own, with no figures from other journeys."""
    return f"shop-{unique}.test"


@pytest.fixture
def api(lab: Lab, up: Up, domain: str) -> Iterator[httpx.Client]:
    """The public API with that account's own key."""
    with lab.api(lab.credentials.operator_key) as client:
        client.headers["Fleetpost-Tenant"] = _json(client.post("/v1/clients", json={"name": domain}))["id"]
        Tenant(lab, client).claim(domain)
        wanted = {"name": "shop", "scopes": ["account:read", "messages:read", "messages:write"]}
        key = _json(client.post("/v1/api-keys", json=wanted))["secret"]
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {key}"}, timeout=30) as own:
        yield own


def _send(api: httpx.Client, domain: str, recipients: list[str], stream: str = "broadcast") -> list[str]:
    messages = [
        {
            "from": {"email": f"ann@{domain}"},
            "to": [{"email": recipient}],
            "subject": "News",
            "text": "What is new?",
            "stream": stream,
        }
        for recipient in recipients
    ]
    return [each["id"] for each in _json(api.post("/v1/messages/batch", json={"messages": messages}))["results"]]


def _step(api: httpx.Client, stream: str) -> str:
    measures = _json(api.get("/v1/account/sending-health"))["measures"]
    return next((each["step"] for each in measures if each["stream"] == stream), "none")


def _status(api: httpx.Client, message_id: str) -> str:
    status: str = _json(api.get(f"/v1/messages/{message_id}"))["status"]
    return status


def test_a_bought_list_pauses_broadcasts_until_an_appeal_is_accepted(
    lab: Lab, domain: str, api: httpx.Client, operator: httpx.Client, unique: str
) -> None:
    _send(api, domain, [f"unknown+{unique}-{number}@else.test" for number in range(_BOUNCES)])
    wait_until(lambda: _step(api, "broadcast") == "paused", "broadcasts are paused by themselves", seconds=SECONDS)
    health = _json(api.get("/v1/account/sending-health"))
    [measure] = [each for each in health["measures"] if each["stream"] == "broadcast"]
    assert measure["cause"] == "bounces"
    assert any(rate["count"] >= 25 for rate in measure["figures"])

    wait_until(lambda: "held" in _tried(api, domain, unique), "new broadcasts are held", seconds=SECONDS)
    [waiting] = _send(api, domain, [f"bob+{unique}@else.test"])
    assert _status(api, waiting) == "held"
    refused = _json(api.post("/v1/messages/release", json={"ids": [waiting]}))
    assert (refused["done"], refused["refused"]) == (0, 1), "its own account cannot release it"

    [urgent] = _send(api, domain, [f"ann+{unique}@else.test"], "transactional")
    wait_until(lambda: _status(api, urgent) == "delivered", "the other stream goes on", seconds=SECONDS)

    words = {"cause": "A list was bought; nobody had asked.", "changed": "The list is deleted for good."}
    appeal = _json(api.post("/v1/appeals", json=words))
    answer = {"accept": True, "answer": "Thank you. Broadcasts are on probation."}
    _json(operator.post(f"/v1/measures/appeals/{appeal['id']}/answer", json=answer))
    assert _step(api, "broadcast") == "warned"
    wait_until(lambda: _status(api, waiting) == "delivered", "what was held is delivered", seconds=SECONDS)
    assert lab.outside.wait_for_mail(f"bob+{unique}@else.test")


def _tried(api: httpx.Client, domain: str, unique: str) -> str:
    """Send one more, and say what becomes of it at once; a process may go by what it knew for some seconds."""
    [message_id] = _send(api, domain, [f"tried+{unique}@else.test"])
    return _status(api, message_id)
