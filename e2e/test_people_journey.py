"""People: signing up by a mailed link, a second factor, colleagues, an agency and its client, a customer's provider."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect
from pyotp.totp import TOTP

from e2e.browsing import Person, chromium
from e2e.conftest import Up
from e2e.identity_provider import ISSUER, identity_provider
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab

BANNER_SECONDS = 60.0
PASSWORD = "zwölf Boxkämpfer jagen Viktor"


def test_an_agency_signs_up_protects_itself_and_acts_for_a_client_who_sees_it(
    browser: Browser, lab: Lab, up: Up, unique: str
) -> None:
    eve, studio, bakery = f"eve+{unique}@else.test", f"Studio {unique}", f"Bakery {unique}"
    agency = Person(browser, up.portal)
    sign_up(agency, lab, eve, studio)
    secret = set_up_app(agency)
    invite_colleague(agency, Person(browser, up.portal), lab, f"max+{unique}@else.test", studio)
    sign_in_with_code(agency, eve, secret)

    owner = Person(browser, up.portal)
    add_client(agency, owner, lab, f"tom+{unique}@else.test", bakery)
    domain = f"bakery-{unique}.test"
    act_for_client(agency, bakery, domain)
    see_it_in_the_log(owner, eve, domain)
    assert agency.complaints == owner.complaints == []


def sign_up(person: Person, lab: Lab, address: str, account: str) -> None:
    page = person.page
    page.goto("/sign-up")
    page.get_by_label("Email").fill(address)
    page.get_by_role("button", name="Mail me a link").click()
    person.follow_mailed_link(lab, address)
    page.get_by_label("Name of the account").fill(account)
    page.get_by_label("I look after several clients").check()
    page.get_by_label("Your name").fill("Eve Example")
    page.get_by_label("Password (optional)").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_text(account).first).to_be_visible()


def set_up_app(person: Person) -> str:
    """Turn an authenticator app on; gives its secret."""
    page = person.page
    page.goto("/account/security")
    page.get_by_role("link", name="Set up").click()
    secret = page.locator("ol code").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    return secret


def invite_colleague(person: Person, colleague: Person, lab: Lab, address: str, account: str) -> None:
    page = person.page
    page.goto("/settings/members")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Role", exact=True).select_option("developer")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_role("heading", name="Invited")).to_be_visible()
    join(colleague, lab, address, account)


def join(person: Person, lab: Lab, address: str, account: str) -> None:
    person.follow_mailed_link(lab, address)
    page = person.page
    expect(page.get_by_role("heading", name=f"Join {account}")).to_be_visible()
    page.get_by_label("Your name").fill("Somebody New")
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.get_by_text(account).first).to_be_visible()


def sign_in_with_code(person: Person, address: str, secret: str) -> None:
    """Come back with password and code: the next step's, since each counts once."""
    person.page.context.clear_cookies()
    person.sign_in(address, PASSWORD)
    totp = TOTP(secret)
    person.page.get_by_label("Code from your app").fill(totp.at(int(time.time()), counter_offset=1))
    person.page.get_by_role("button", name="Go on").click()
    expect(person.page.get_by_role("heading", name="One more step")).not_to_be_visible()


def add_client(person: Person, owner: Person, lab: Lab, address: str, name: str) -> None:
    page = person.page
    page.goto("/agency/clients/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Owner’s email").fill(address)
    page.get_by_role("button", name="Add client").click()
    expect(page.get_by_text(name).first).to_be_visible()
    join(owner, lab, address, name)


def act_for_client(person: Person, name: str, domain: str) -> None:
    page = person.page
    page.goto("/agency")
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Act for this client").click()
    expect(page.get_by_role("status").filter(has_text=name).first).to_be_visible()
    page.goto("/domains")
    page.get_by_label("Add a domain").fill(domain)
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_role("heading", name=domain)).to_be_visible()


def see_it_in_the_log(owner: Person, who: str, domain: str) -> None:
    page = owner.page
    page.goto("/settings/audit-log")
    entry = page.get_by_role("listitem").filter(has_text=who).filter(has_text=domain).first
    expect(entry).to_be_visible()
    expect(entry.get_by_text("Your provider, acting for you")).to_be_visible()
    banner = page.get_by_role("status").filter(has_text=who)

    def told() -> bool:
        page.goto("/")
        return banner.is_visible()

    wait_until(told, "the client's own pages say that its agency acted", seconds=BANNER_SECONDS)


def test_people_of_a_customer_sign_in_at_their_own_provider(
    playwright: Playwright, lab: Lab, up: Up, unique: str, tmp_path: Path
) -> None:
    zoe = f"zoe-{unique}@{up.domain}"
    with identity_provider(lab, tmp_path, zoe) as option, chromium(playwright, option) as browser:
        admin, person = Person(browser, up.portal), Person(browser, up.portal)
        admin.sign_in(up.portal_user, up.portal_password)
        name_provider(admin, up.domain)
        page = person.page
        page.goto("/sign-in")
        page.get_by_role("link", name="Sign in with your organisation").click()
        page.get_by_label("Work email").fill(zoe)
        page.get_by_role("button", name="Go on").click()
        expect(page).to_have_url(re.compile(re.escape(ISSUER)))
        page.get_by_role("button", name=zoe).click()
        expect(page.get_by_role("navigation").first).to_be_visible()
        admin.page.goto("/settings/members")
        expect(admin.page.get_by_text(zoe).first).to_be_visible()
        admin.page.goto("/settings/single-sign-on")
        admin.page.get_by_role("button", name="Remove").click()


def name_provider(admin: Person, domain: str) -> None:
    page = admin.page
    page.goto("/settings/single-sign-on")
    page.get_by_label("Issuer").fill(ISSUER)
    page.get_by_label("Client ID").fill("fleetpost")
    page.get_by_label("Client secret").fill("a secret of the provider")
    page.get_by_label(domain).check()
    page.get_by_role("button", name="Save the provider").click()
    page.get_by_role("button", name="Test").click()
    expect(page.get_by_text("The provider answers")).to_be_visible()
