"""Guessing is slowed down; nobody is locked out for ever, and nobody by somebody else on their usual device."""

import contextlib
import secrets

import pytest
from redis.asyncio import Redis

from control_plane.accounts import devices, throttle
from control_plane.core.runtime import Runtime

SECRET = "00" * 32


@pytest.fixture
def email() -> str:
    return f"ann-{secrets.token_hex(4)}@else.test"


def origins() -> list[str]:
    return [f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1" for _ in range(20)]


async def guess_from_everywhere(runtime: Runtime, email: str) -> None:
    for origin in origins()[: throttle.TRIES_PER_EMAIL // throttle.TRIES_PER_PAIR]:
        for _ in range(throttle.TRIES_PER_PAIR):
            await throttle.count_try(runtime.valkey, email, origin)


async def test_many_machines_together_are_slowed_down_too(runtime: Runtime, email: str) -> None:
    await guess_from_everywhere(runtime, email)
    with pytest.raises(throttle.TooManySignIns):
        await throttle.count_try(runtime.valkey, email, origins()[0])


async def test_one_machine_alone_locks_nobody_out(runtime: Runtime, email: str) -> None:
    here, elsewhere = origins()[:2]
    for _ in range(2 * throttle.TRIES_PER_EMAIL):
        with contextlib.suppress(throttle.TooManySignIns):
            await throttle.count_try(runtime.valkey, email, here)
    await throttle.count_try(runtime.valkey, email, elsewhere)


async def test_the_owners_usual_device_is_not(runtime: Runtime, email: str) -> None:
    device = devices.recognise(SECRET, email, devices.issue(SECRET, email))
    assert device
    await guess_from_everywhere(runtime, email)
    await throttle.count_try(runtime.valkey, email, origins()[0], device)


async def test_a_known_device_guesses_no_more_than_others(runtime: Runtime, email: str) -> None:
    for _ in range(throttle.TRIES_PER_PAIR):
        await throttle.count_try(runtime.valkey, email, "192.0.2.1", "a device")
    with pytest.raises(throttle.TooManySignIns):
        await throttle.count_try(runtime.valkey, email, "192.0.2.1", "a device")


async def test_one_network_guesses_at_so_many_addresses(runtime: Runtime) -> None:
    origin = origins()[0]
    for number in range(throttle.TRIES_PER_ORIGIN):
        await throttle.count_try(runtime.valkey, f"x{number}-{secrets.token_hex(4)}@else.test", origin)
    with pytest.raises(throttle.TooManySignIns):
        await throttle.count_try(runtime.valkey, "one-more@else.test", origin.replace("::1", "::ffff:2"))


@pytest.mark.parametrize("cookie", ["", ".", "x.y", "\udcff.\udcff", "nonce."])
def test_a_made_up_device_is_none(email: str, cookie: str) -> None:
    assert devices.recognise(SECRET, email, cookie) == ""


def test_a_device_is_one_persons(email: str) -> None:
    cookie = devices.issue(SECRET, email.upper())
    assert devices.recognise(SECRET, email, cookie)
    assert not devices.recognise(SECRET, f"not-{email}", cookie)
    assert not devices.recognise("11" * 32, email, cookie)


async def test_without_valkey_sign_in_says_so(email: str) -> None:
    async with Redis(host="127.0.0.1", port=1) as nowhere:
        with pytest.raises(throttle.SignInAway):
            await throttle.count_try(nowhere, email, "192.0.2.1")
