"""The agent's heart, with daemons that are not there."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.audit.watch import EVERY_SECONDS
from tenant_agent.loop import DOVECOT_INTERVAL_SECONDS, RELOAD_INTERVAL_SECONDS
from tenant_agent.project import Table
from tests.tenant_agent.certificate_samples import certificate
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.samples import change, dkim, domain, mailbox, node, removal


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_snapshot_is_projected_configured_and_acknowledged(bench: Bench) -> None:
    await bench.settle_in()
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}
    assert (bench.driver.directory / "postfix.conf").read_text() == "hostname = n1.fleetpost.test\n"
    assert bench.nodes == [("n1.fleetpost.test", 1)]
    assert bench.applied == wire.Applied(generation=1)


async def test_a_new_mailbox_needs_no_reload_and_no_configuration(bench: Bench) -> None:
    await bench.settle_in()
    reloads, diary = bench.reloads, list(bench.driver.diary)
    await bench.take(2, change(mailbox("bob@acme.test")))
    assert "bob@acme.test" in bench.keys_of(Table.USERS)
    assert (bench.reloads, bench.driver.diary) == (reloads, diary)
    assert bench.applied == wire.Applied(generation=2)


async def test_new_domains_bring_one_reload_at_once_and_the_next_after_a_while(bench: Bench) -> None:
    await bench.settle_in()
    assert bench.reloads == 1
    await bench.take(2, change(domain("two.test")))
    await bench.take(3, change(domain("three.test")))
    assert bench.reloads == 1
    bench.clock.move(RELOAD_INTERVAL_SECONDS)
    await bench.loop.tick()
    await bench.loop.tick()
    assert bench.reloads == 2


async def test_a_changed_or_deleted_login_is_forgotten_by_dovecot(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox(enabled=False)))
    assert bench.forgotten == ["ann@acme.test"]
    await bench.take(3, removal(mailbox()))
    assert bench.keys_of(Table.USERS) == bench.keys_of(Table.MAILBOXES) == set()


async def test_a_bad_item_is_reported_and_blocks_nothing(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(mailbox("a:b@acme.test")), change(mailbox("bob@acme.test")))
    assert "bob@acme.test" in bench.keys_of(Table.MAILBOXES)
    assert [(entry.kind, entry.key, entry.tenant_id) for entry in bench.applied.quarantined] == [
        ("mailbox", "a:b@acme.test", "ten_1")
    ]


async def test_a_snapshot_in_parts_counts_when_it_is_whole(bench: Bench) -> None:
    await bench.loop.received(wire.Changes(generation=5, changes=(change(domain()),), snapshot=True, more=True))
    await bench.loop.tick()
    assert bench.keys_of(Table.DOMAINS) == set()
    await bench.take(5, change(node()), snapshot=True)
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}


async def test_half_a_snapshot_is_dropped_with_its_connection(bench: Bench) -> None:
    await bench.loop.received(wire.Changes(generation=5, changes=(change(domain()),), snapshot=True, more=True))
    await bench.loop.disconnected()
    await bench.take(6, change(node()), snapshot=True)
    assert bench.keys_of(Table.DOMAINS) == set()


async def test_signing_keys_that_nobody_knows_go_with_each_new_life(bench: Bench) -> None:
    await bench.take(1, change(node()), change(domain()), change(dkim()), snapshot=True)
    bench.keys.rows |= {"stray.test/fp1": "key"}
    bench.loop = bench.new_loop()
    await bench.loop.tick()
    assert set(bench.keys.rows) == {"acme.test/fp1"}


async def test_a_part_of_a_snapshot_changes_nothing_and_is_not_acknowledged(bench: Bench) -> None:
    await bench.settle_in()
    acknowledged = len(bench.sent)
    part = wire.Changes(generation=5, changes=(change(domain("new.test")),), snapshot=True, more=True)
    await bench.loop.received(part)
    await bench.loop.tick()
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}
    assert len(bench.sent) == acknowledged
    await bench.take(5, change(node()), snapshot=True)
    assert bench.keys_of(Table.DOMAINS) == {"new.test"}


async def test_what_a_snapshot_does_not_have_is_taken_away(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(node()), change(domain("other.test")), snapshot=True)
    assert bench.keys_of(Table.MAILBOXES) == set()
    assert bench.keys_of(Table.DOMAINS) == {"other.test"}


async def test_the_acknowledgement_is_said_again_on_the_next_connection(bench: Bench) -> None:
    await bench.settle_in()
    bench.online = False
    await bench.take(2, change(mailbox("a:b@acme.test")))
    bench.online = True
    await bench.loop.connected()
    assert bench.applied.generation == 2
    assert [entry.key for entry in bench.applied.quarantined] == ["a:b@acme.test"]


async def test_a_full_disk_is_waited_out_and_nothing_is_acknowledged_meanwhile(bench: Bench) -> None:
    await bench.settle_in()
    bench.tables[Table.MAILBOXES].full = True
    await bench.take(2, change(mailbox("bob@acme.test")))
    assert bench.applied.generation == 1
    bench.tables[Table.MAILBOXES].full = False
    await bench.loop.tick()
    assert bench.applied.generation == 2
    assert "bob@acme.test" in bench.keys_of(Table.MAILBOXES)


async def test_a_new_life_finishes_what_the_former_one_had_stored(bench: Bench) -> None:
    await bench.settle_in()
    bench.state.store(2, [change(mailbox("bob@acme.test"))])  # and then it was killed
    bench.loop = bench.new_loop()
    await bench.loop.tick()
    assert "bob@acme.test" in bench.keys_of(Table.MAILBOXES)
    assert bench.applied.generation == 2


async def test_a_new_life_puts_right_what_somebody_changed_meanwhile(bench: Bench) -> None:
    await bench.settle_in()
    bench.tables[Table.MAILBOXES].rows = {"eve@acme.test": "OK"}
    bench.loop = bench.new_loop()
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}


async def test_signing_keys_come_back_when_redis_has_restarted(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(dkim()))
    assert set(bench.keys.rows) == {"acme.test/fp1"}
    bench.keys.restart()
    await bench.loop.tick()
    assert set(bench.keys.rows) == {"acme.test/fp1"}


async def test_a_deleted_signing_key_is_gone_from_redis(bench: Bench) -> None:
    await bench.settle_in()
    key = dkim()
    await bench.take(2, change(key))
    await bench.take(3, removal(key))
    assert bench.keys.rows == {}


async def test_a_silent_redis_is_reported_and_filled_when_it_answers(bench: Bench) -> None:
    bench.keys.available = False
    await bench.settle_in()
    await bench.take(2, change(dkim()))
    assert ["redis" in entry.reason for entry in bench.applied.quarantined] == [True]
    bench.keys.available = True
    await bench.loop.tick()
    assert set(bench.keys.rows) == {"acme.test/fp1"}
    assert bench.applied == wire.Applied(generation=2)


async def test_a_configuration_that_fails_is_reported_and_tried_again(bench: Bench) -> None:
    await bench.settle_in()
    bench.driver.breaks = "n9.fleetpost.test"
    await bench.take(2, change(node(hostname="n9.fleetpost.test")))
    assert [entry.reason for entry in bench.applied.quarantined] == ["postfix: postfix does not answer"]
    bench.driver.breaks = None
    bench.clock.move(3600)
    await bench.loop.tick()
    assert bench.applied == wire.Applied(generation=2)
    assert (bench.driver.directory / "postfix.conf").read_text() == "hostname = n9.fleetpost.test\n"


async def test_an_unfit_node_keeps_what_it_was(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(node(hostname="bad name")))
    assert [entry.kind for entry in bench.applied.quarantined] == ["node"]
    assert (bench.driver.directory / "postfix.conf").read_text() == "hostname = n1.fleetpost.test\n"
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}


async def test_a_node_that_loses_its_mailboxes_stops_taking_their_mail(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(node(roles=("outbound",))))
    assert bench.keys_of(Table.DOMAINS) == bench.keys_of(Table.USERS) == set()


async def test_a_frame_wakes_the_running_loop(bench: Bench) -> None:
    running = asyncio.create_task(bench.loop.run())
    await bench.loop.received(wire.Changes(generation=1, changes=(change(node()), change(domain())), snapshot=True))
    async with asyncio.timeout(5):
        await bench.acknowledged.wait()
        bench.acknowledged.clear()
        await bench.loop.received(wire.Changes(generation=2, changes=(change(mailbox()),)))  # while it rests
        await bench.acknowledged.wait()
    assert not running.done()
    running.cancel()
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}


async def test_certificates_by_host_bring_one_reload_of_dovecot_at_once_and_the_next_after_a_while(
    bench: Bench,
) -> None:
    await bench.settle_in()
    reloads = bench.reloads
    await bench.take(2, change(certificate("mail.acme.test")))
    assert bench.dovecot_reloads == 1
    await bench.take(3, change(certificate("mail.other.test")))
    assert bench.dovecot_reloads == 1
    bench.clock.move(DOVECOT_INTERVAL_SECONDS)
    await bench.loop.tick()
    assert bench.dovecot_reloads == 2
    assert bench.reloads == reloads


async def test_a_certificate_for_the_node_itself_is_configured_and_loaded_by_both(bench: Bench) -> None:
    await bench.settle_in()
    bench.clock.move(RELOAD_INTERVAL_SECONDS)
    reloads, configured = bench.reloads, len(bench.nodes)
    await bench.take(2, change(certificate("n1.fleetpost.test")))
    assert (bench.reloads, bench.dovecot_reloads) == (reloads + 1, 1)
    assert len(bench.nodes) == configured + 1


async def test_a_challenge_and_an_intake_are_in_their_tables_while_they_last(bench: Bench) -> None:
    await bench.settle_in()
    token = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ"
    asked: list[wire.Item] = [
        wire.ChallengeItem(token=token, key_authorization=f"{token}.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"),
        wire.IntakeItem(domain="reports.fleetpost.test"),
    ]
    bench.clock.move(RELOAD_INTERVAL_SECONDS)
    reloads = bench.reloads
    await bench.take(2, *map(change, asked))
    assert bench.keys_of(Table.CHALLENGES) == {token}
    assert bench.keys_of(Table.INTAKES) == bench.keys_of(Table.QUIET) == {"reports.fleetpost.test"}
    assert bench.reloads == reloads + 1
    await bench.take(3, *map(removal, asked))
    assert bench.keys_of(Table.CHALLENGES) == bench.keys_of(Table.INTAKES) == bench.keys_of(Table.QUIET) == set()


async def test_a_tenant_that_is_sent_anew_in_parts_counts_when_it_is_whole(bench: Bench) -> None:
    await bench.settle_in()
    first = wire.Changes(generation=1, changes=(change(domain()),), of_tenants=("ten_1",), more=True)
    await bench.loop.received(first)
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}
    await bench.loop.received(
        wire.Changes(generation=1, changes=(change(mailbox("bob@acme.test")),), of_tenants=("ten_1",))
    )
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == {"bob@acme.test"}
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}


async def test_digests_are_told_when_they_are_asked_for(bench: Bench) -> None:
    await bench.settle_in()
    bench.acknowledged.clear()
    bench.loop.asked_for_digests()
    async with asyncio.timeout(5):
        await bench.acknowledged.wait()
    assert isinstance(bench.sent[-1], wire.Digests)
    assert bench.sent[-1].digests.keys() == {"", "ten_1"}


def drifts(bench: Bench) -> list[tuple[str, str]]:
    found = [each for frame in bench.sent if isinstance(frame, wire.Drifted) for each in frame.found]
    return [(each.service, each.what) for each in found]


async def test_what_somebody_changes_is_put_right_within_a_while_and_told(bench: Bench) -> None:
    await bench.settle_in()
    bench.clock.move(RELOAD_INTERVAL_SECONDS)
    reloads = bench.reloads
    bench.tables[Table.DOMAINS].rows["gmail.com"] = "OK"
    (bench.driver.directory / "postfix.conf").write_text("hostname = evil.test\n")
    await bench.loop.tick()
    assert drifts(bench) == []
    bench.clock.move(EVERY_SECONDS)
    await bench.loop.tick()
    assert bench.keys_of(Table.DOMAINS) == {"acme.test"}
    assert (bench.driver.directory / "postfix.conf").read_text() == "hostname = n1.fleetpost.test\n"
    assert drifts(bench) == [("domains", "gmail.com"), ("postfix", str(bench.driver.directory / "postfix.conf"))]
    await bench.loop.tick()
    assert bench.reloads == reloads + 1
    assert len(drifts(bench)) == 2


async def test_what_was_found_while_the_control_plane_was_away_is_told_later(bench: Bench) -> None:
    await bench.settle_in()
    bench.online = False
    bench.tables[Table.MAILBOXES].rows.clear()
    bench.clock.move(EVERY_SECONDS)
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}
    bench.online = True
    await bench.loop.tick()
    assert drifts(bench) == [("mailboxes", "ann@acme.test")]


async def test_a_repair_that_the_disk_did_not_take_is_made_when_it_does(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = wire.Changes(generation=1, changes=(change(node()), change(mailbox("ann@acme.test"))), snapshot=True)
    await bench.loop.received(first)
    await bench.loop.tick()
    real, failures = bench.state.replace_tenants, iter([sqlite3.OperationalError("database or disk is full")])

    def replace(*arguments: object) -> None:
        for failure in failures:
            raise failure
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(bench.state, "replace_tenants", replace)
    tenant_id = change(mailbox("ann@acme.test")).tenant_id
    assert tenant_id is not None
    await bench.loop.received(wire.Changes(generation=1, changes=(), of_tenants=(tenant_id,)))
    await bench.loop.tick()
    await bench.loop.tick()
    assert "ann@acme.test" not in bench.tables[Table.USERS].rows


async def test_nothing_is_looked_for_while_the_disk_is_full(bench: Bench) -> None:
    await bench.settle_in()
    bench.tables[Table.MAILBOXES].full = True
    bench.tables[Table.MAILBOXES].rows.clear()
    bench.clock.move(EVERY_SECONDS)
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == set()
    bench.tables[Table.MAILBOXES].full = False
    bench.clock.move(EVERY_SECONDS)
    await bench.loop.tick()
    assert bench.keys_of(Table.MAILBOXES) == {"ann@acme.test"}


async def test_what_somebody_changed_between_two_lives_is_told(bench: Bench) -> None:
    await bench.settle_in()
    bench.tables[Table.MAILBOXES].rows["eve@acme.test"] = "OK"
    bench.loop = bench.new_loop()
    await bench.loop.tick()
    assert drifts(bench) == [("mailboxes", "eve@acme.test")]


async def test_a_certificate_that_expires_is_taken_away_and_told_as_such_and_not_as_drift(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(certificate("mail.acme.test")))
    assert bench.keys_of(Table.SNI) == {"mail.acme.test"}
    bench.clock.move(2 * 86_400)
    await bench.loop.tick()
    await bench.loop.tick()
    assert bench.keys_of(Table.SNI) == set()
    assert [entry.key for entry in bench.applied.quarantined] == ["mail.acme.test"]
    assert drifts(bench) == []


async def test_what_the_node_itself_lacks_is_said_each_time_until_it_is_over(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, change(node(hostname="bad name")))
    await bench.take(3, change(domain("two.test")))
    assert [(each.kind, each.key) for each in bench.applied.quarantined] == [("node", "self")]
    await bench.take(4, change(node()))
    assert bench.applied == wire.Applied(generation=4)
