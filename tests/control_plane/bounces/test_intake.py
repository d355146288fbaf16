"""Mails to return paths: whose they are is said by the address alone, and what follows by what they say."""

from datetime import timedelta
from itertools import permutations

import httpx
import pytest

from control_plane.core import ids
from control_plane.core.runtime import Runtime
from control_plane.worker import INBOUND
from tests.conftest import MakeDomain, MakeTenant
from tests.control_plane.bounces.conftest import LetOut, Out
from tests.control_plane.bounces.letters import AWAY, CHALLENGE, OWN_WORDS, dsn
from tests.control_plane.reports.letters import complaint


async def outcomes(runtime: Runtime) -> dict[str, int]:
    async with runtime.db.fleet_tx() as tx:
        rows = await tx.connection.fetch("select outcome, mails from returned_mails where day = current_date")
    return {row["outcome"]: row["mails"] for row in rows}


async def test_a_mail_that_had_arrived_bounces_after_all(let_out: LetOut) -> None:
    out = await let_out("message.queued", "message.delivered")
    taken = await out.comes_back(dsn())
    assert (taken.tenant_id, taken.refused) == (out.tenant.id, None)
    assert await out.status() == "bounced"
    last = (await out.events())[-1]
    assert (last["type"], last["bounce_class"], last["dsn"]) == ("message.bounced", "invalid_recipient", "5.1.1")
    assert last["reply"] == "550 5.1.1 <bob@else.test>: User unknown"
    assert await out.suppressions() == [("bob0@else.test", "hard_bounce")]


async def test_the_timeline_shows_why(client: httpx.AsyncClient, let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    await out.comes_back(dsn("552 5.2.2 mailbox full", status="5.2.2"))
    shown = await client.get(f"/v1/messages/{out.message_id}", headers=out.tenant.headers)
    event = shown.json()["recipients"][0]["events"][-1]
    assert (event["type"], event["bounce_class"]) == ("message.bounced", "mailbox_full")
    assert event["relay"] == "store.else.test"


async def test_what_comes_again_is_stored_once(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    for raw in (dsn(), dsn(), OWN_WORDS, dsn("552 5.2.2 mailbox full", status="5.2.2")):
        await out.comes_back(raw)
    assert [event["type"] for event in await out.events()].count("message.bounced") == 1
    assert await out.suppressions() == [("bob0@else.test", "hard_bounce")]


async def test_a_node_that_has_told_of_the_bounce_is_not_told_it_again(let_out: LetOut) -> None:
    out = await let_out("message.bounced")
    await out.comes_back(dsn())
    assert [event["type"] for event in await out.events()] == ["message.bounced"]


@pytest.mark.parametrize("order", list(permutations(["queued", "delivered", "back"])))
async def test_states_never_go_backwards_in_whatever_order_things_are_heard(
    let_out: LetOut, order: tuple[str, ...]
) -> None:
    out = await let_out()
    for what in (*order, *order):
        await (out.comes_back(dsn()) if what == "back" else out.happens(f"message.{what}"))
    assert await out.status() == "bounced"


async def test_a_node_whose_clock_is_ahead_does_not_undo_a_bounce(let_out: LetOut) -> None:
    out = await let_out()
    await out.comes_back(dsn())
    tomorrow = ids.time_ms_of(ids.new_uuid()) + 24 * 3_600_000
    await out.happens("message.delivered", made_at_ms=tomorrow)
    assert await out.status() == "bounced"


async def test_a_complaint_is_not_undone_by_a_bounce_or_a_node(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    await out.comes_back(complaint())
    assert await out.status() == "complained"
    await out.comes_back(dsn())
    tomorrow = ids.time_ms_of(ids.new_uuid()) + 24 * 3_600_000
    await out.happens("message.delivered", made_at_ms=tomorrow)
    assert await out.status() == "complained"


# --- Complaints -------------------------------------------------------------------------------------------------------


async def test_a_complaint_at_the_return_path_is_kept_and_ends_mail_to_its_address(
    client: httpx.AsyncClient, let_out: LetOut
) -> None:
    out = await let_out("message.delivered")
    for _ in range(2):
        taken = await out.comes_back(complaint())
        assert taken.refused is None
    assert [event["type"] for event in await out.events()].count("message.complained") == 1
    assert await out.suppressions() == [("bob0@else.test", "complaint")]
    kept = (await client.get("/v1/complaints", headers=out.tenant.headers)).json()["data"]
    assert [each["delivery_id"] for each in kept] == [ids.encode("dlv", out.delivery_id)]


async def test_whatever_a_complaint_names_it_is_about_the_mail_it_came_back_for(let_out: LetOut) -> None:
    mine, other = await let_out("message.delivered"), await let_out("message.delivered")
    await mine.comes_back(complaint(return_path=other.return_path))
    assert (await mine.status(), await other.status()) == ("complained", "delivered")


async def test_who_says_that_it_is_no_spam_is_left_on_the_list(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    await out.comes_back(complaint(kind="not-spam"))
    assert (await out.status(), await out.suppressions()) == ("delivered", [])


# --- What is no bounce ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [AWAY, CHALLENGE, dsn(action="delayed", status="4.4.1"), dsn(action="relayed", status="2.0.0"), b"Hello"],
    ids=["away", "challenge", "delayed", "relayed", "an answer"],
)
async def test_what_is_no_bounce_changes_nothing(let_out: LetOut, raw: bytes) -> None:
    out = await let_out("message.delivered")
    taken = await out.comes_back(raw)
    assert taken.tenant_id == out.tenant.id
    assert (await out.status(), await out.suppressions()) == ("delivered", [])


async def test_what_is_about_us_suppresses_nobody(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    await out.comes_back(dsn("550 5.1.1 blocked using zen.spamhaus.org"))
    assert (await out.status(), await out.suppressions()) == ("bounced", [])
    assert (await out.events())[-1]["bounce_class"] == "reputation_blocked"


# --- Forged ones ------------------------------------------------------------------------------------------------------


async def refused(out: Out, to: str) -> None:
    taken = await out.comes_back(dsn(), to=to)
    assert taken.refused is not None
    assert taken.tenant_id is None
    assert (await out.status(), await out.suppressions()) == ("delivered", [])


async def test_a_return_path_that_we_never_signed_is_refused_and_counted(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    before = (await outcomes(out.runtime)).get("forged", 0)
    await refused(out, f"{ids.bare(out.delivery_id)}0123456789@bounce.{out.domain}")
    await refused(out, f"{'v' * 36}@bounce.{out.domain}")
    assert (await outcomes(out.runtime))["forged"] >= before + 2


async def test_a_return_path_is_worth_nothing_in_another_domain(
    let_out: LetOut, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    out = await let_out("message.delivered")
    theirs = await make_domain(await make_tenant(), "theirs")
    await refused(out, f"{out.offer.deliveries[0].return_token}@bounce.{theirs}")
    await refused(out, f"{out.offer.deliveries[0].return_token}@bounce.nowhere.test")


async def test_what_comes_after_a_month_is_let_go(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    taken = await out.comes_back(dsn(), after=timedelta(days=31))
    assert taken.refused is not None
    assert await out.status() == "delivered"


async def test_the_month_begins_when_scheduled_mail_goes(let_out: LetOut) -> None:
    out = await let_out("message.delivered")
    async with out.runtime.db.fleet_tx() as tx:
        await tx.connection.execute(
            "update deliveries set let_go_at = now() + interval '29 days' where id = $1", out.delivery_id
        )
    taken = await out.comes_back(dsn(), after=timedelta(days=31))
    assert taken.refused is None
    assert await out.status() == "bounced"


async def test_the_worker_asks_return_paths_before_routes_of_tenants(runtime: Runtime) -> None:
    path = f"{'0' * 36}@bounce.acme.test"
    assert await INBOUND[0].sort(runtime, {path, "ann@bounce.acme.test"}) == {path: None}
