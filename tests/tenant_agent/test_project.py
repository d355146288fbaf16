"""What items mean in the daemons' tables."""

import base64
import datetime as dt
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tenant_agent import wire
from tenant_agent.peers.passing import UNKNOWN_WAY
from tenant_agent.project import (
    LOCKED,
    LOGIN_REVISION,
    NOT_HERE,
    Here,
    Projection,
    RowId,
    Table,
    project,
    revision_of,
    row_ids_of,
)
from tenant_agent.state import ItemId, StoredItem
from tests.tenant_agent.peers.certificates import pem_for
from tests.tenant_agent.samples import NODE_ID, PASSWORD_HASH, change, dkim, domain, mailbox, node

EVERYTHING = Here(
    node_id=NODE_ID,
    hostname="n1.fleetpost.test",
    roles=frozenset({"outbound", "mx", "mailbox"}),
    mail_store=Path("/var/vmail"),
    now=dt.datetime.now(dt.UTC),
)
WITH_OTHER = msgspec.structs.replace(EVERYTHING, peers={"nod_other": "10.77.2.10"})
SENDING = msgspec.structs.replace(EVERYTHING, roles=frozenset({"outbound"}))


def other(certificate: str) -> wire.Peer:
    return wire.Peer(
        node_id="nod_other",
        name="other",
        hostname="other.fleetpost.test",
        service_address="10.77.2.10",
        roles=("mailbox",),
        certificate=certificate,
    )


def stored(item: wire.Item) -> StoredItem:
    there = change(item)
    assert there.payload is not None
    return StoredItem(ItemId(there.kind, there.key), there.tenant_id, there.payload)


def projected(*items: wire.Item, here: Here = EVERYTHING) -> Projection:
    return project([stored(item) for item in items], here)


def test_a_mailbox_can_log_in_receive_and_send_as_itself() -> None:
    home = "/var/vmail/200001/acme.test/ann"
    user = f"{{ARGON2ID}}{PASSWORD_HASH}:200001:200001::{home}::userdb_quota_rule=*:bytes=1073741824"
    rows = dict(projected(mailbox()).rows)
    login = rows.pop(RowId(Table.USERS, "ann@acme.test"))
    assert login == f"{user} userdb_{LOGIN_REVISION}={revision_of(login)}"
    assert rows == {
        RowId(Table.MAILBOXES, "ann@acme.test"): "OK",
        RowId(Table.SENDER_LOGINS, "ann@acme.test"): "ann@acme.test",
    }


def test_a_suspended_mailbox_receives_but_neither_logs_in_nor_sends() -> None:
    rows = projected(mailbox(enabled=False)).rows
    assert rows[RowId(Table.USERS, "ann@acme.test")].startswith(LOCKED + ":")
    assert RowId(Table.MAILBOXES, "ann@acme.test") in rows
    assert RowId(Table.SENDER_LOGINS, "ann@acme.test") not in rows


def test_mail_for_a_mailbox_on_a_node_that_is_not_known_is_put_off_not_refused() -> None:
    assert projected(mailbox(node_id="nod_other")).rows == {
        RowId(Table.PASSED, "ann@acme.test"): UNKNOWN_WAY,
        RowId(Table.ELSEWHERE, "ann@acme.test"): NOT_HERE,
        RowId(Table.MAILBOXES, "ann@acme.test"): NOT_HERE,
    }


def test_mail_and_logins_for_a_mailbox_on_another_node_are_passed_on() -> None:
    rows = projected(mailbox(node_id="nod_other"), here=WITH_OTHER).rows
    user = rows[RowId(Table.USERS, "ann@acme.test")]
    assert "::proxy=y host=nod-other.fleet.internal hostip=10.77.2.10 userdb_quota_rule=" in user
    assert user.startswith("{ARGON2ID}$argon2id$")  # whoever cannot log in there need not ask
    assert rows[RowId(Table.PASSED, "ann@acme.test")] == "fleet:[10.77.2.10]"
    assert rows[RowId(Table.MAILBOXES, "ann@acme.test")] == NOT_HERE  # to other nodes: it is never passed on twice
    assert rows[RowId(Table.SENDER_LOGINS, "ann@acme.test")] == "ann@acme.test"


def test_a_node_that_only_takes_mail_in_knows_mailboxes_but_no_logins() -> None:
    here = msgspec.structs.replace(WITH_OTHER, roles=frozenset({"mx"}))
    assert projected(domain(), mailbox(node_id="nod_other"), here=here).rows == {
        RowId(Table.DOMAINS, "acme.test"): "OK",
        RowId(Table.PASSED, "ann@acme.test"): "fleet:[10.77.2.10]",
        RowId(Table.MAILBOXES, "ann@acme.test"): NOT_HERE,
    }


def test_peers_are_known_by_their_certificates() -> None:
    pem = pem_for("nod_other")
    fingerprint = wire.fingerprint_of(wire.der_of(pem))
    rows = projected(wire.PeersItem(peers=(other(pem),))).rows
    assert rows[RowId(Table.PEER_POLICIES, "[10.77.2.10]")] == f"fingerprint match={fingerprint}"
    assert rows[RowId(Table.PEER_CERTIFICATES, fingerprint)] == "OK"
    assert rows[RowId(Table.PEER_ROOTS, "it")] == pem
    assert "login_trusted_networks = 10.77.2.10\n" in rows[RowId(Table.PEER_SETTINGS, "it")]


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate": "x"},
        {"node_id": "nod_third"},
        {"service_address": "10.77.2.10\nssl = no"},
        {"service_address": "example.org"},
    ],
)
def test_a_peer_that_is_unfit_is_passed_over(changes: dict[str, str]) -> None:
    odd = msgspec.structs.replace(other(pem_for("nod_other")), **changes)
    assert projected(wire.PeersItem(peers=(odd,))).rows == {}


def test_a_node_that_only_sends_takes_no_domain_for_its_own() -> None:
    assert projected(domain(), mailbox(), here=SENDING).rows == {}


def test_an_rsa_key_stays_as_it_is_and_an_ed25519_key_becomes_its_seed() -> None:
    rsa, short = dkim(selector="r1", algorithm="rsa"), dkim(selector="e1", algorithm="ed25519")
    rows = projected(rsa, short, here=SENDING).rows
    assert rows[RowId(Table.SIGNING_KEYS, "acme.test/r1")] == rsa.private_key
    seed = load_pem_private_key(short.private_key.encode(), None).private_bytes_raw()  # type: ignore[union-attr]
    assert rows[RowId(Table.SIGNING_KEYS, "acme.test/e1")] == f" {base64.b64encode(seed).decode()}"


def test_a_key_that_is_not_active_is_held_but_does_not_sign() -> None:
    assert projected(dkim(active=False)).rows == {}


@pytest.mark.parametrize(
    "bad",
    [
        mailbox("ann:x@acme.test"),
        mailbox("ann\n@acme.test"),
        mailbox("ann\0@acme.test"),
        mailbox("a" * 65 + "@acme.test"),
        mailbox("ann@acme"),
        mailbox("../ann@acme.test"),
        mailbox("..@acme.test"),
        mailbox("%u@acme.test"),
        mailbox("-v@acme.test"),
        mailbox("Ann@acme.test"),
        mailbox("änn@acme.test"),
        mailbox(system_uid=0),
        mailbox(system_uid=102),
        mailbox(quota_bytes=-1),
        mailbox(password_hash="{PLAIN}x"),
        mailbox(password_hash=PASSWORD_HASH + ":0:0::/root"),
        mailbox(password_hash=PASSWORD_HASH + "\n"),
        domain("acme.test\nevil.test"),
        domain("bücher.test"),
        domain("a" * 64 + ".test"),
        dkim(selector="a/b"),
        dkim(private_key="-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"),
        dkim(algorithm="rsa", private_key=dkim().private_key),
        wire.ChallengeItem(token="../../etc/passwd", key_authorization="x"),
        wire.ChallengeItem(token="t" * 20, key_authorization="u" * 20 + "." + "x" * 43),
        wire.ChallengeItem(token="t" * 20, key_authorization="t" * 20 + ".<script>"),
        wire.IntakeItem(domain="reports.test\n/./ REJECT"),
        wire.IntakeItem(domain="reports"),
        wire.CertificateItem(names=("*.acme.test",), chain="x", private_key="hunter2"),
        node(hostname="n1.fleetpost.test\nmynetworks = 0.0.0.0/0"),
        node(hostname="$(id).test"),
        node(service_address="10.77.1.10; reboot"),
    ],
)
def test_an_unfit_item_is_quarantined_for_its_tenant_and_the_others_go_on(bad: wire.Item) -> None:
    result = projected(bad, mailbox("bob@acme.test"))
    assert [(entry.kind, entry.tenant_id) for entry in result.refused] == [(change(bad).kind, change(bad).tenant_id)]
    assert RowId(Table.MAILBOXES, "bob@acme.test") in result.rows


def test_the_reason_never_repeats_a_secret() -> None:
    refused = projected(mailbox(password_hash="hunter2"), dkim(private_key="hunter2")).refused
    assert not [entry for entry in refused if "hunter2" in entry.reason]


def test_an_item_that_cannot_be_read_is_quarantined() -> None:
    torn = StoredItem(ItemId("mailbox", "ann@acme.test"), "ten_1", b"\x81")
    assert [entry.key for entry in project([torn], EVERYTHING).refused] == ["ann@acme.test"]


def test_an_item_under_another_key_is_quarantined() -> None:
    """Or a delete of its key would leave its rows behind."""
    wrong = StoredItem(ItemId("mailbox", "bob@acme.test"), "ten_1", wire.encode(mailbox("ann@acme.test")))
    assert project([wrong], EVERYTHING).rows == {}


def test_an_item_of_a_kind_from_the_future_is_passed_over() -> None:
    assert project([StoredItem(ItemId("hologram", "x"), None, b"\xc0")], EVERYTHING) == Projection({}, [], {})


@pytest.mark.parametrize(
    "item", [mailbox(), mailbox(node_id="nod_other"), domain(), dkim(), wire.IntakeItem(domain="reports.test")]
)
def test_every_row_of_an_item_is_found_by_its_name_alone(item: wire.Item) -> None:
    assert projected(item).rows.keys() <= set(row_ids_of(stored(item).id))
