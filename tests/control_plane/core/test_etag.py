from typing import ClassVar

import httpx
import msgspec
import pytest

from control_plane.core import etag
from control_plane.core.etag import PreconditionFailed, etag_of
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode


class Lamp(msgspec.Struct, frozen=True):
    OBSERVED: ClassVar[frozenset[str]] = frozenset({"burnt_hours"})

    colour: str
    burnt_hours: int = 0


class Bulb(msgspec.Struct, frozen=True):
    colour: str


RED, RED_LATER, BLUE = Lamp("red"), Lamp("red", 7), Lamp("blue")


def test_what_is_edited_or_observed_makes_another_etag() -> None:
    assert len({etag_of(RED), etag_of(RED_LATER), etag_of(BLUE)}) == 3
    assert etag_of(RED) == etag_of(Lamp("red"))


@pytest.mark.parametrize(
    "if_match",
    [
        None,
        "*",
        etag_of(RED),
        etag_of(RED_LATER),  # burning on is no edit
        f"W/{etag_of(RED)}",  # a proxy that compresses has weakened it
        f'"other", {etag_of(RED)}',
    ],
)
def test_who_saw_the_present_state_may_change_it(if_match: str | None) -> None:
    etag.check(if_match, RED)


@pytest.mark.parametrize("if_match", [etag_of(BLUE), "", '""', '"', "red", "\0", '"' * 999, etag_of(RED).strip('"')])
def test_who_saw_another_state_or_none_may_not(if_match: str) -> None:
    with pytest.raises(PreconditionFailed):
        etag.check(if_match, RED)


def test_without_observed_fields_all_count() -> None:
    with pytest.raises(PreconditionFailed):
        etag.check(etag_of(Bulb("blue")), Bulb("red"))


async def test_a_reader_who_has_the_thing_is_told_so(client: httpx.AsyncClient, tenant: Tenant) -> None:
    first = await client.get("/v1/me", headers=tenant.headers)
    again = await client.get("/v1/me", headers=tenant.headers | {"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = await client.get("/v1/me", headers=tenant.headers | {"If-None-Match": '"x"'})
    assert (other.status_code, other.json()) == (200, first.json())


async def test_lists_have_no_etag(client: httpx.AsyncClient, tenant: Tenant) -> None:
    assert "etag" not in (await client.get("/v1/domains", headers=tenant.headers)).headers


async def test_a_changed_password_is_a_change(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, make_node: MakeNode
) -> None:
    await make_node()
    new = {"address": f"ann@{domain}", "password": "correct horse battery"}
    path = f"/v1/mailboxes/{(await client.post('/v1/mailboxes', json=new, headers=tenant.headers)).json()['id']}"
    seen = (await client.get(path, headers=tenant.headers)).headers["etag"]
    changed = await client.patch(path, json={"password": "another good one"}, headers=tenant.headers)
    assert changed.headers["etag"] != seen
    late = await client.delete(path, headers=tenant.headers | {"If-Match": seen})
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert (await client.get(path, headers=tenant.headers)).headers["etag"] == changed.headers["etag"]
    done = await client.delete(path, headers=tenant.headers | {"If-Match": changed.headers["etag"]})
    assert done.status_code == 204
