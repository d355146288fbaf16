"""Changes that are signed, and those that only look so."""

import base64
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenant_agent import wire
from tenant_agent.bundles import Opener
from tenant_agent.identity import Forged, Identity

KEY, OTHER_KEY = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
HELLO = wire.Hello(wire_version=2, agent_version="test", generation=41, nonce=b"n" * 16)


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def changes(generation: int = 42, *, snapshot: bool = False) -> wire.Changes:
    return wire.Changes(generation=generation, changes=(), snapshot=snapshot)


def bundle(
    what: wire.Changes,
    *,
    number: int = 1,
    node_id: str = "nod_1",
    nonce: bytes = HELLO.nonce,
    key: Ed25519PrivateKey = KEY,
) -> wire.Bundle:
    payload = wire.encode(wire.SignedChanges(node_id=node_id, nonce=nonce, number=number, changes=what))
    return wire.Bundle(payload=payload, signature=key.sign(payload), key=public(key))


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    """Of a node that was given `KEY`."""
    return opener_with(tmp_path, public(KEY))


def opener_with(directory: Path, *keys: str) -> Opener:
    reply = wire.EnrolReply(node_id="nod_1", credential="fpn_x", bundle_keys=keys)
    identity = Identity.begin(directory / "credential", reply, 1)
    return Opener(identity, msgspec.structs.replace(HELLO, bundle_keys=keys))


def test_bundles_are_opened_in_their_order(opener: Opener) -> None:
    assert opener.open(bundle(changes(42))) == changes(42)
    assert opener.open(bundle(changes(43), number=2)) == changes(43)


def test_a_node_without_keys_takes_plain_changes_and_no_bundles(tmp_path: Path) -> None:
    plain = opener_with(tmp_path)
    assert plain.open(changes()) == changes()
    with pytest.raises(Forged):
        plain.open(bundle(changes()))


def test_a_restored_control_plane_may_send_everything_anew_from_an_older_generation(opener: Opener) -> None:
    assert opener.open(bundle(changes(7, snapshot=True))).generation == 7
    assert opener.open(bundle(changes(8), number=2)).generation == 8


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (changes(), "without a signature"),
        (bundle(changes(), key=OTHER_KEY), "not given"),
        (msgspec.structs.replace(bundle(changes(), key=OTHER_KEY), key=public(KEY)), "wrong signature"),
        (msgspec.structs.replace(bundle(changes()), signature=b""), "wrong signature"),
        (msgspec.structs.replace(bundle(changes()), payload=b"\xc1"), "wrong signature"),
        (wire.Bundle(payload=b"\xc1", signature=KEY.sign(b"\xc1"), key=public(KEY)), "cannot be read"),
        (bundle(changes(), node_id="nod_2"), "another node"),
        (bundle(changes(), nonce=b"m" * 16), "another connection"),
        (bundle(changes(), number=2), "where 1 was due"),
        (bundle(changes(40)), "older"),
    ],
)
def test_what_is_not_for_this_node_here_and_now_is_refused(
    opener: Opener, frame: wire.Changes | wire.Bundle, reason: str
) -> None:
    with pytest.raises(Forged, match=reason):
        opener.open(frame)


def test_a_bundle_cannot_be_sent_twice(opener: Opener) -> None:
    once = bundle(changes(42))
    opener.open(once)
    with pytest.raises(Forged):
        opener.open(once)
