"""Passkeys: registered, used to sign in and as the second step; whatever is not quite right is refused."""

import json

import pytest

from control_plane.accounts import sessions
from control_plane.accounts.factors.challenges import PasskeyRefused
from control_plane.accounts.factors.passkeys import Site
from control_plane.accounts.schemas import Person
from control_plane.accounts.service import own_security, passkeys, second
from control_plane.accounts.service.passkeys import Answer
from control_plane.core import ids
from control_plane.core.errors import Invalid
from control_plane.core.runtime import Runtime
from tests.conftest import Tenant
from tests.control_plane.accounts.authenticator import Authenticator
from tests.control_plane.accounts.people import at_home, begin, clock, make_person

SITE = Site.at("https://mail.example.test")


@pytest.fixture
async def ann(runtime: Runtime, tenant: Tenant) -> Person:
    return await make_person(runtime, tenant)


async def register(
    runtime: Runtime, tenant: Tenant, person: Person, key: Authenticator, name: str = "Laptop"
) -> list[str]:
    with at_home(person, tenant):
        asked = await passkeys.ask_to_register(runtime.db, runtime.valkey, SITE, person)
        answer = Answer(handle=asked.handle, credential=key.create(asked.options))
        return await passkeys.register(runtime.db, runtime.valkey, SITE, person, name, answer)


@pytest.fixture
async def key(runtime: Runtime, tenant: Tenant, ann: Person) -> Authenticator:
    made = Authenticator(SITE.origin)
    await register(runtime, tenant, ann, made)
    return made


async def test_a_passkey_says_who_comes(runtime: Runtime, ann: Person, key: Authenticator) -> None:
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    assert await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer) == ann


async def test_an_answer_is_good_once(runtime: Runtime, key: Authenticator) -> None:
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


async def test_an_answer_to_another_question_is_refused(runtime: Runtime, key: Authenticator) -> None:
    asked, other = await passkeys.ask_anybody(runtime.valkey, SITE), await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(other.options))
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


async def test_a_copied_passkey_is_refused(runtime: Runtime, key: Authenticator) -> None:
    for count, is_good in ((5, True), (4, False)):
        key.sign_count = count
        asked = await passkeys.ask_anybody(runtime.valkey, SITE)
        answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
        if is_good:
            await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)
        else:
            with pytest.raises(PasskeyRefused):
                await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


@pytest.mark.parametrize("origin", ["https://evil.test", "http://mail.example.test", "https://mail.example.test:8443"])
async def test_a_signature_made_on_another_site_is_refused(runtime: Runtime, key: Authenticator, origin: str) -> None:
    key.origin = origin
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


async def test_whoever_found_the_key_needs_the_finger_too(runtime: Runtime, key: Authenticator) -> None:
    key.verifies = False
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


async def test_a_passkey_is_a_second_factor_of_its_person_only(
    runtime: Runtime, tenant: Tenant, ann: Person, key: Authenticator
) -> None:
    begun = await begin(runtime, ann)
    assert begun.pending
    stranger = Authenticator(SITE.origin)
    await register(runtime, tenant, await make_person(runtime, tenant), stranger)
    asked = await second.ask_passkey(runtime.db, runtime.valkey, SITE, begun.token)
    with pytest.raises(PasskeyRefused):
        await second.give_passkey(
            runtime.db,
            runtime.valkey,
            clock(),
            SITE,
            begun.token,
            Answer(handle=asked.handle, credential=stranger.sign(asked.options)),
        )
    asked = await second.ask_passkey(runtime.db, runtime.valkey, SITE, begun.token)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    done = await second.give_passkey(runtime.db, runtime.valkey, clock(), SITE, begun.token, answer)
    assert await sessions.find(runtime.valkey, done.token) is not None


async def test_a_question_for_one_purpose_is_not_answered_for_another(
    runtime: Runtime, ann: Person, key: Authenticator
) -> None:
    asked = await passkeys.ask_person(runtime.db, runtime.valkey, SITE, ann.id, "second")
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    with pytest.raises(PasskeyRefused):
        await passkeys.check(runtime.db, runtime.valkey, clock(), SITE, ann.id, "confirm", answer)


async def test_the_first_factor_brings_recovery_codes_and_the_next_does_not(
    runtime: Runtime, tenant: Tenant, ann: Person
) -> None:
    assert len(await register(runtime, tenant, ann, Authenticator(SITE.origin))) == 10
    assert await register(runtime, tenant, ann, Authenticator(SITE.origin), "Phone") == []
    with at_home(ann, tenant):
        listed = (await own_security.own_factors(runtime.db, ann.id)).passkeys
    assert [passkey.name for passkey in listed] == ["Laptop", "Phone"]


async def test_the_same_passkey_is_not_registered_twice(runtime: Runtime, tenant: Tenant, key: Authenticator) -> None:
    with pytest.raises(PasskeyRefused):
        await register(runtime, tenant, await make_person(runtime, tenant), key)


async def test_a_removed_passkey_signs_nobody_in(
    runtime: Runtime, tenant: Tenant, ann: Person, key: Authenticator
) -> None:
    with at_home(ann, tenant):
        [listed] = (await own_security.own_factors(runtime.db, ann.id)).passkeys
        await passkeys.remove(runtime.db, runtime.valkey, ann.id, ids.decode("pky", listed.id), "")
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    answer = Answer(handle=asked.handle, credential=key.sign(asked.options))
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(runtime.db, runtime.valkey, clock(), SITE, answer)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\0b"])
async def test_a_passkey_has_a_name_that_can_be_read(runtime: Runtime, tenant: Tenant, ann: Person, name: str) -> None:
    with pytest.raises(Invalid):
        await register(runtime, tenant, ann, Authenticator(SITE.origin), name)


GARBAGE = [
    "",
    "null",
    "[]",
    "{}",
    '{"rawId": 5}',
    '{"rawId": "é"}',
    json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AA",
                "authenticatorData": "AA",
                "signature": "AA",
                "attestationObject": "oA",
            },
        }
    ),
    "x" * 20_000,
    "\ud800",
]


@pytest.mark.parametrize("credential", GARBAGE)
async def test_garbage_is_refused(runtime: Runtime, tenant: Tenant, ann: Person, credential: str) -> None:
    asked = await passkeys.ask_anybody(runtime.valkey, SITE)
    with pytest.raises(PasskeyRefused):
        await passkeys.whose(
            runtime.db, runtime.valkey, clock(), SITE, Answer(handle=asked.handle, credential=credential)
        )
    with at_home(ann, tenant):
        asked = await passkeys.ask_to_register(runtime.db, runtime.valkey, SITE, ann)
        answer = Answer(handle=asked.handle, credential=credential)
        with pytest.raises(PasskeyRefused):
            await passkeys.register(runtime.db, runtime.valkey, SITE, ann, "Laptop", answer)
