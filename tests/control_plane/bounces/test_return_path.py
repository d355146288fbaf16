"""Return paths: known again when we signed them, and by nothing else."""

import string
from uuid import UUID

import pytest

from control_plane.bounces.return_path import ReturnPaths
from control_plane.core.crypto import Vault, new_vault_key
from control_plane.core.ids import bare, new_uuid
from tenant_agent import wire

OLD, NEW = new_vault_key("old"), new_vault_key("new")
DELIVERY = new_uuid()


def paths(*keys: str) -> ReturnPaths:
    return ReturnPaths.of(Vault.from_text(",".join(keys)))


def read(address: str) -> wire.ReturnPath:
    found = wire.read_return_path(address)
    assert found is not None
    return found


def test_what_was_signed_is_known_again() -> None:
    local = paths(NEW).sign(DELIVERY)
    assert local.startswith(bare(DELIVERY))
    assert set(local) <= set(string.digits + "abcdefghijklmnopqrstuv")
    found = read(f"{local}@bounce.acme.test")
    assert paths(NEW).delivery_of(found) == DELIVERY
    assert found.domain == "acme.test"


def test_who_writes_in_capitals_is_understood() -> None:
    assert paths(NEW).delivery_of(read(f"{paths(NEW).sign(DELIVERY)}@Bounce.Acme.Test".upper())) == DELIVERY


@pytest.mark.parametrize("place", [0, 12, 24, 26, 30, 35])
def test_a_character_that_is_another_makes_it_forged(place: int) -> None:
    local = paths(NEW).sign(DELIVERY)
    other = "g" if local[place] != "g" else "0"
    assert paths(NEW).delivery_of(read(f"{local[:place]}{other}{local[place + 1 :]}@bounce.acme.test")) is None


def test_an_id_that_is_none_is_forged() -> None:
    assert paths(NEW).delivery_of(read(f"{'v' * 36}@bounce.acme.test")) is None


def test_after_a_change_of_keys_both_are_known_and_the_new_one_signs() -> None:
    before, during, after = paths(OLD), paths(NEW, OLD), paths(NEW)
    assert during.sign(DELIVERY) == after.sign(DELIVERY) != before.sign(DELIVERY)
    old = read(f"{before.sign(DELIVERY)}@bounce.acme.test")
    assert during.delivery_of(old) == DELIVERY
    assert after.delivery_of(old) is None


def test_each_delivery_has_its_own() -> None:
    macs = {paths(NEW).sign(UUID(int=DELIVERY.int + number))[26:] for number in range(200)}
    assert len(macs) == 200


@pytest.mark.parametrize(
    "address",
    [
        f"{'0' * 36}@acme.test",
        f"{'0' * 36}@bounces.acme.test",
        f"{'0' * 35}@bounce.acme.test",
        f"{'0' * 37}@bounce.acme.test",
        f"{'0' * 26}@bounce.acme.test",
        f"{'w' * 36}@bounce.acme.test",
        f"{'0' * 36}@bounce.acme.test@else.test",
        f"{'0' * 36}@bounce.",
        f"{'0' * 36}@bounce.acme.test\n",
        "ann@bounce.acme.test",
        "",
    ],
)
def test_what_is_shaped_otherwise_is_no_return_path(address: str) -> None:
    assert wire.read_return_path(address) is None
