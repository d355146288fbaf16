"""Everything within a few keys: the palette finds pages, commands, accounts and things; the switcher lists accounts."""

from control_plane.accounts.schemas import Place
from control_plane.core import ids
from control_plane.core.ids import TenantId
from tests.conftest import MakeTenant
from tests.web.conftest import MakePerson, Person, SendMessage
from web.pages.places import choices


def place(name: str) -> Place:
    return Place(
        tenant_id=TenantId(ids.new_uuid()),
        name=name,
        slug=name.lower(),
        kind="client",
        status="active",
        role="owner",
        through=None,
        through_name=None,
        granted=None,
        provider_only=False,
    )


def test_the_first_nine_accounts_have_digits_and_keep_them_while_one_searches() -> None:
    places = [place(f"Client {number}") for number in range(1, 12)]
    assert [choice.digit for choice in choices(places, places[0].tenant_id)] == [*"123456789", "", ""]
    assert [choice.digit for choice in choices(places, places[0].tenant_id, "CLIENT 3 ")] == ["3"]


async def test_the_switcher_lists_where_one_may_go(ann: Person) -> None:
    part = await ann.client.get("/places", headers={"hx-request": "true"})
    assert 'action="/switch" data-digit="1"' in part.text
    assert "<!DOCTYPE" not in part.text
    assert "<!DOCTYPE" in (await ann.client.get("/places")).text
    assert "No account has this name" in await ann.see("/places?q=nowhere")


async def test_the_palette_offers_what_its_reader_may_open(ann: Person, make_person: MakePerson) -> None:
    assert 'data-href="/mailboxes"' in await ann.see("/palette")
    marketer = await make_person(ann.tenant, "marketer")
    await marketer.sign_in()
    assert 'data-href="/mailboxes"' not in await marketer.see("/palette")
    assert 'data-href="/messages/new"' in await marketer.see("/palette/results?q=WRITE")


async def test_the_palette_finds_domains_and_messages(ann: Person, domain: str, send_message: SendMessage) -> None:
    message_id = await send_message(ann.tenant, domain, to="bob@else.test", subject="For Bob")
    assert domain in await ann.see(f"/palette/results?q={domain[:6]}")
    assert f"/messages/{message_id}" in await ann.see("/palette/results?q=Bob@else.test")
    assert "Nothing matches" in await ann.see("/palette/results?q=qqqqqqq%00")


async def test_nothing_of_others_is_found(
    ann: Person, make_tenant: MakeTenant, make_person: MakePerson, domain: str
) -> None:
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    assert domain not in await stranger.see(f"/palette/results?q={domain}")


async def test_the_sheet_names_the_keys(ann: Person) -> None:
    sheet = await ann.see("/palette/shortcuts")
    assert "Keyboard shortcuts" in sheet
    assert sheet.count("<kbd") > 10
