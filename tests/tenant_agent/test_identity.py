"""The file with the node's credential and keys."""

import base64
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenant_agent import wire
from tenant_agent.identity import Forged, Identity

OLD, NEW = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
FIRST = wire.EnrolReply(node_id="nod_1", credential="fpn_first")


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def renewed(*signers: Ed25519PrivateKey) -> wire.EnrolReply:
    reply = wire.EnrolReply(node_id="nod_1", credential="fpn_second", bundle_keys=(public(NEW), public(OLD)))
    said = wire.signed_part(reply)
    signatures = {public(key): base64.b64encode(key.sign(said)).decode() for key in signers}
    return msgspec.structs.replace(reply, signatures=signatures)


def test_a_file_from_before_there_were_keys_is_read(tmp_path: Path) -> None:
    path = tmp_path / "credential"
    path.write_text('{"node_id":"nod_1","credential":"fpn_first"}')
    identity = Identity.read(path)
    assert (identity.credential, identity.bundle_keys, identity.renewed_at_ms) == ("fpn_first", (), 0)


def test_a_renewed_credential_and_its_keys_survive_together(tmp_path: Path) -> None:
    identity = Identity.begin(tmp_path / "credential", FIRST, 1)
    identity.renew(renewed(), 2)
    again = Identity.read(tmp_path / "credential")
    assert (again.credential, again.bundle_keys, again.renewed_at_ms) == ("fpn_second", (public(NEW), public(OLD)), 2)
    assert (tmp_path / "credential").stat().st_mode & 0o777 == 0o600


def test_keys_are_only_replaced_by_who_has_one_of_them(tmp_path: Path) -> None:
    reply = msgspec.structs.replace(FIRST, bundle_keys=(public(OLD),))
    identity = Identity.begin(tmp_path / "credential", reply, 1)
    for forged in (renewed(), renewed(NEW), msgspec.structs.replace(renewed(OLD), credential="fpn_evil")):
        with pytest.raises(Forged):
            identity.renew(forged, 2)
    assert Identity.read(tmp_path / "credential").credential == "fpn_first"
    identity.renew(renewed(NEW, OLD), 2)
    assert identity.bundle_keys == (public(NEW), public(OLD))


def test_another_nodes_credential_is_refused(tmp_path: Path) -> None:
    identity = Identity.begin(tmp_path / "credential", FIRST, 1)
    with pytest.raises(Forged):
        identity.renew(msgspec.structs.replace(renewed(), node_id="nod_2"), 2)


def test_until_it_is_let_in_it_can_go_back_and_forth(tmp_path: Path) -> None:
    identity = Identity.begin(tmp_path / "credential", FIRST, 1)
    identity.renew(renewed(), 2)
    identity.turned_away()
    assert Identity.read(tmp_path / "credential").credential == "fpn_first"
    identity.turned_away()
    assert identity.credential == "fpn_second"
    identity.let_in()
    identity.turned_away()
    assert Identity.read(tmp_path / "credential").credential == "fpn_second"
