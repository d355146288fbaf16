"""The pages behind mailed links, which no sample can name, pass axe-core too, in light and dark."""

import secrets

from control_plane.core.database import Database
from control_plane.core.ids import TenantId
from tests.mailbox import link_to
from tests.web.browser import PHONE, chromium, sight_of
from tests.web.conftest import MakePerson, Person

_THEMES = ("light", "dark")


async def test_what_mailed_links_lead_to_is_accessible(
    ann: Person, make_person: MakePerson, db: Database, system_domain: TenantId
) -> None:
    bob = await make_person(ann.tenant, "support")
    paths = [await _invited(ann, db), *await _mailed(bob, db)]
    faults = []
    async with chromium() as browser, sight_of(browser, bob, PHONE) as sight:
        for path in paths:
            await sight.open(path)
            for theme in _THEMES:
                await sight.page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
                faults += [f"{path} ({theme}): {fault}" for fault in await sight.faults()]
        faults += sight.complaints
    assert faults == []


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
