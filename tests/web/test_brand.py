"""A brand on the pages: edited with a preview, worn after sign-in and on its own host name, fetched by anybody."""

import re
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from litestar import Litestar

from control_plane.agencies.schemas import BrandChange
from control_plane.agencies.service import brands, hosts
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.resolver import FixedResolver
from control_plane.settings import Settings
from tests.conftest import MakeTenant, Tenant
from tests.control_plane.agencies.many import add_client
from tests.control_plane.agencies.test_looks import png
from tests.web.conftest import MakePerson, Person

PATH = "/agency/brand"


@pytest.fixture
async def director(make_tenant: MakeTenant, make_person: MakePerson) -> Person:
    """Somebody who runs an agency and has signed in."""
    person = await make_person(await make_tenant("agency"))
    await person.sign_in()
    return person


async def test_a_brand_is_worn_once_it_is_saved(director: Person) -> None:
    answer = await director.submit(PATH, page=PATH, name="Studio North", accent="#7a1fa2")
    assert answer.status_code == 303
    page = await director.see(PATH)
    assert "· Studio North</title>" in page
    sheet = re.search(r'href="(/brand/[^"]*\.css[^"]*)"', page)
    assert sheet
    found = await director.client.get(sheet[1])
    assert (found.headers["content-type"], "#7a1fa2" in found.text) == ("text/css; charset=utf-8", True)
    assert found.headers["x-content-type-options"] == "nosniff"


async def test_clients_wear_it_too(db: Database, director: Person, make_person: MakePerson, tenant: Tenant) -> None:
    await director.submit(PATH, page=PATH, name="Studio North")
    await add_client(db, director.tenant, tenant)
    bob = await make_person(tenant)
    await bob.sign_in()
    assert "Studio North" in await bob.see("/")


async def test_a_colour_that_cannot_be_read_is_refused_and_what_was_typed_stays(director: Person) -> None:
    answer = await director.submit(PATH, page=PATH, name="Studio", accent="#ffcc00", support="help@studio.test")
    shown = unescape(answer.text)
    assert answer.status_code == 422
    for words in ('value="#ffcc00"', "help@studio.test", "is the nearest that can"):
        assert words in shown, words


async def test_a_logo_is_taken_shown_and_removed(director: Person) -> None:
    token = await director.token(PATH)
    fields = {"data": {"_csrf_token": token}, "files": {"logo": ("logo.svg", png(64, 64), "image/svg+xml")}}
    assert (await director.client.post(f"{PATH}/logo", **fields)).status_code == 303  # type: ignore[arg-type]
    found = re.search(r'<img src="([^"]*)"', await director.see(PATH))
    assert found
    picture = await director.client.get(found[1])
    assert (picture.headers["content-type"], picture.content) == ("image/png", png(64, 64))
    assert picture.headers["x-content-type-options"] == "nosniff"
    await director.submit(f"{PATH}/logo/remove", page=PATH)
    assert (await director.client.get(found[1])).status_code == 404


async def test_what_is_no_picture_is_refused_at_its_field(director: Person) -> None:
    token = await director.token(PATH)
    for content in (b"<svg/>", b""):
        fields = {"data": {"_csrf_token": token}, "files": {"logo": ("logo.png", content, "image/png")}}
        answer = await director.client.post(f"{PATH}/logo", **fields)  # type: ignore[arg-type]
        assert (answer.status_code, "no PNG, WebP or JPEG" in answer.text) == (422, True)


async def test_the_preview_shows_what_is_being_typed(director: Person) -> None:
    preview = await director.see(f"{PATH}/preview?name=Studio&accent=%237a1fa2&accent_dark=nonsense")
    assert "#7a1fa2" in preview
    assert "nonsense" not in preview


async def test_a_proven_host_name_wears_its_brand_before_sign_in(
    app: Litestar, db: Database, settings: Settings, make_tenant: MakeTenant
) -> None:
    agency = await make_tenant("agency")
    host = f"mail.{str(agency.id)[-12:]}.test"
    with acting_for(agency.id):
        made = await brands.change(db, settings, BrandChange(name="Studio South", host=host))
        assert made.host_proof is not None
        answers = FixedResolver({(made.host_proof.txt_host, "TXT"): [made.host_proof.txt_value]})
        await hosts.check(db, settings, FixedClock(datetime.now(UTC)), answers)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}:8000") as opened:
        assert "Studio South" in (await opened.get("/sign-in")).text
    async with httpx.AsyncClient(transport=transport, base_url=f"http://other.{host}") as opened:
        assert "Studio South" not in (await opened.get("/sign-in")).text


async def test_odd_addresses_of_brands_are_not_there(director: Person) -> None:
    for path in ("/brand/x.css", "/brand/brd_x/logo", "/brand/%00.css", "/brand/brd_06gjp3shh1m5pev6jk9v0bfkm4.css"):
        assert (await director.client.get(path)).status_code == 404, path
