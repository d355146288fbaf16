"""The pages that one is led to, by a mail or by a step before, pass axe-core too: no sample can name them."""

import secrets
from urllib.parse import urlsplit

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from tests.mailbox import link_to
from tests.web.browser import PHONE, chromium, sight_of
from tests.web.conftest import MakePerson, Person
from tests.web.test_account_security import grow_old, set_up_app


async def test_what_mailed_links_lead_to_is_accessible(
    ann: Person, make_person: MakePerson, db: Database, system_domain: TenantId
) -> None:
    bob = await make_person(ann.tenant, "support")
    faults = await _look(bob, [await _invited(ann, db), *await _mailed(bob, db)])
    assert faults == []


async def test_the_second_step_of_signing_in_is_accessible(ann: Person) -> None:
    await set_up_app(ann)
    await ann.submit("/sign-out")
    await ann.sign_in()
    assert await _look(ann, ["/sign-in/second?next=%2Fmessages"]) == []


async def test_confirming_who_one_is_is_accessible(ann: Person, runtime: Runtime) -> None:
    await grow_old(ann, runtime)
    assert await _look(ann, ["/confirm-identity?next=%2Faccount%2Fsecurity"]) == []


async def test_what_goes_wrong_is_told_accessibly(ann: Person) -> None:
    told = ["/no-such-page", "/messages/msg_nonsense", "/sign-in/sso/callback?state=unknown&code=x", "/links/used"]
    faults = await _look(ann, told)
    assert [fault for fault in faults if "Failed to load resource" not in fault] == []  # the answer's own status


async def _look(person: Person, paths: list[str]) -> list[str]:
    faults = []
    async with chromium() as browser, sight_of(browser, person, PHONE) as sight:
        for path in paths:
            await sight.open(path)
            assert urlsplit(sight.page.url).path == urlsplit(path).path, "it leads on"
            faults += [f"{path} {fault}" for fault in await sight.faults_by_day_and_night()]
        return faults + sight.complaints


async def _invited(ann: Person, db: Database) -> str:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ann.submit("/settings/members/invite", email=email, role="support")
    return await link_to(db, email)


async def _mailed(bob: Person, db: Database) -> list[str]:
    new, found = f"zoe-{secrets.token_hex(4)}@else.test", []
    for form, email in (("/sign-in/link", bob.email), ("/forgot-password", bob.email), ("/sign-up", new)):
        await bob.submit(form, page="/sign-in", email=email)
        found.append(await link_to(db, email))
    return found
