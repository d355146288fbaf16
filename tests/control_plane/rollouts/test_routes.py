"""`/v1/rollouts` as programs use it."""

from typing import Any

import httpx
import pytest

from tests.conftest import Tenant
from tests.control_plane.rollouts.fleet import Fleet

PATH = "/v1/rollouts"


def body(fleet: Fleet, **changes: object) -> dict[str, object]:
    """Write what begins one."""
    return {
        "kind": "daemons",
        "daemons": {"postfix": {"smtp_helo_timeout": "91s"}, "dovecot": {}, "rspamd": {}},
        "canary": [fleet.members["a"].name],
        "waves": [50, 100],
        "soak_seconds": 60,
        "probe_address": "probe@else.test",
    } | changes


async def test_it_is_begun_read_and_led(client: httpx.AsyncClient, operator: Tenant, fleet: Fleet) -> None:
    answer = await client.post(PATH, json=body(fleet), headers=operator.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert (made["status"], made["cause"], made["stage"]) == ("running", None, 0)
    assert made["former"] == {"daemons": made["former"]["daemons"]}
    first = made["nodes"][0]
    assert (first["name"], first["stage"], first["state"], first["gates"]) == (
        fleet.members["a"].name,
        0,
        "waiting",
        [],
    )

    again = await client.post(PATH, json=body(fleet), headers=operator.headers)
    assert (again.status_code, again.json()["code"]) == (409, "rollout_under_way")

    root = f"{PATH}/{made['id']}"
    for act, status in (("pause", "paused"), ("pause", "paused"), ("resume", "running"), ("abort", "rolling_back")):
        led = await client.post(f"{root}/{act}", headers=operator.headers)
        assert (led.status_code, led.json()["status"]) == (200, status)
    over = await client.post(f"{root}/resume", headers=operator.headers)
    assert (over.status_code, over.json()["code"]) == (409, "rollout_over")

    listed = (await client.get(PATH, params={"limit": 1}, headers=operator.headers)).json()
    assert (listed["data"][0]["id"], listed["data"][0]["nodes_by_state"]) == (made["id"], {"waiting": 3})
    assert (await client.get(f"{root}/diffs", headers=operator.headers)).json() == {"data": []}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "everything"}, "kind"),
        ({"daemons": None}, "daemons"),
        ({"renderer": 3}, "renderer"),
        ({"kind": "renderer", "daemons": None, "renderer": -1}, "renderer"),
        ({"kind": "renderer", "daemons": None, "renderer": 10**30}, "renderer"),
        ({"kind": "shaping", "daemons": None, "shaping_version": 2**31 - 1}, "shaping_version"),
        ({"daemons": {"postfix": {"relayhost": "evil.test"}}}, "daemons.postfix.relayhost"),
        ({"daemons": {"postfix": {"max_idle": "1s\nrelayhost = x"}}}, "daemons.postfix.max_idle"),
        ({"daemons": {"postfix": {"max\0idle": "\0"}}}, "daemons.postfix.max\0idle"),
        ({"daemons": {"exim": {}}}, "daemons.exim"),
        ({"canary": ["nobody"]}, "canary[0]"),
        ({"canary": ["\0"]}, "canary[0]"),
        ({"waves": [0]}, "waves[0]"),
        ({"waves": [100, 50]}, "waves"),
        ({"waves": [50, 101]}, "waves"),
        ({"soak_seconds": 10**12}, "soak_seconds"),
        ({"probe_address": "x@else.test\r\nBcc: all@else.test"}, "probe_address"),
        ({"probe_address": "nobody"}, "probe_address"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_place(
    client: httpx.AsyncClient, operator: Tenant, fleet: Fleet, changes: dict[str, object], path: str
) -> None:
    answer = await client.post(PATH, json=body(fleet, **changes), headers=operator.headers)
    assert 400 <= answer.status_code < 500, answer.text
    if answer.json().get("errors"):
        assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_without_a_ready_node_nothing_begins(client: httpx.AsyncClient, operator: Tenant, fleet: Fleet) -> None:
    for name in fleet.members:
        await fleet.lose(name)
    refused = await client.post(PATH, json=body(fleet, canary=[]), headers=operator.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_canary")
    named = await client.post(PATH, json=body(fleet), headers=operator.headers)
    assert named.json()["errors"][0]["message"] == "This node is not ready: name one that is."
