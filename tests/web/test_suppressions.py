"""The list of suppressed addresses at the portal."""

import re

import httpx

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.suppressions import service
from tests.conftest import MakeTenant
from tests.web.conftest import MakePerson, Person


async def suppress(ann: Person, email: str = "bob@else.test", path: str = "/suppressions", **fields: str) -> str:
    """Put an address on a list; gives the address of its page."""
    given = {"email": email, "reason": "complaint", "stream": "", "note": ""} | fields
    answer = await ann.submit(path, page=path, **given)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def test_an_empty_list_says_that_all_is_well(ann: Person) -> None:
    assert "No address is suppressed" in await ann.see("/suppressions")


async def test_somebody_asks_for_an_address(ann: Person) -> None:
    assert "Nothing holds back mail to" in await ann.see("/suppressions?ask=bob@else.test")
    await suppress(ann, "Bob@else.test")
    page = await ann.see("/suppressions?ask=BOB@else.test")
    assert "Nothing holds back" not in page
    assert page.count("Complained") > 1
    assert 'id="ask-error"' in await ann.see("/suppressions?ask=bob")


async def test_a_suppressed_domain_answers_for_its_addresses(ann: Person) -> None:
    await suppress(ann, "@else.test")
    assert "All of else.test" in await ann.see("/suppressions?ask=bob@else.test")


async def test_what_is_wrong_is_said_at_its_field(ann: Person) -> None:
    answer = await ann.submit("/suppressions", page="/suppressions", email="bob", reason="manual")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


async def test_filters_and_the_file_follow_the_address(ann: Person) -> None:
    await suppress(ann, "bob@else.test")
    await suppress(ann, "eve@other.test", reason="manual")
    page = await ann.see("/suppressions?domain=else.test")
    assert ("bob@else.test" in page, "eve@other.test" in page) == (True, False)
    assert "Nothing matches" in await ann.see("/suppressions?domain=..")
    file = (await ann.client.get("/suppressions?reason=manual&format=csv")).text
    assert ("bob@else.test" in file, "eve@other.test" in file) == (False, True)


async def test_an_address_comes_off_the_list_for_a_reason_and_back_again(ann: Person) -> None:
    path = await suppress(ann)
    assert (await ann.submit(f"{path}/reactivate", page=path, because=" ")).status_code == 422
    assert (await ann.submit(f"{path}/reactivate", page=path, because="Mailbox is back")).status_code == 303
    page = await ann.see(path)
    assert "Mailbox is back" in page
    assert ann.email in page
    assert (await ann.submit(f"{path}/restore", page=path)).status_code == 303
    assert "Let mail go there again" in await ann.see(path)


async def test_a_page_shows_what_was_before(ann: Person) -> None:
    first = await suppress(ann)
    await ann.submit(f"{first}/reactivate", page=first, because="Mailbox is back")
    second = await suppress(ann)
    page = await ann.see(second)
    assert "The same address" in page
    assert first in page


async def test_what_is_ticked_comes_off_the_list(ann: Person) -> None:
    paths = [await suppress(ann, f"bob{number}@else.test") for number in range(3)]
    ticked = [path.rpartition("/")[2] for path in paths[:2]]
    fields = {"ids": ticked, "because": "Wrong list", "_csrf_token": await ann.token("/suppressions")}
    answer = await ann.client.post("/suppressions/reactivate", data=fields)
    assert answer.status_code == 303
    left = await ann.see("/suppressions")
    assert [f"bob{number}@else.test" in left for number in range(3)] == [False, False, True]
    assert "bob0@else.test" in await ann.see(answer.headers["location"])


async def test_ticking_nothing_says_so(ann: Person) -> None:
    answer = await ann.submit("/suppressions/reactivate", page="/suppressions", because="x")
    assert answer.status_code == 422
    assert "Name some addresses" in answer.text


async def upload(ann: Person, content: bytes, name: str = "list.csv") -> httpx.Response:
    fields = {"reason": "manual", "stream": "", "_csrf_token": await ann.token("/suppressions/import")}
    return await ann.client.post("/suppressions/import", data=fields, files={"file": (name, content)})


async def test_a_file_is_followed_until_it_is_on_the_list(ann: Person, db: Database, runtime: Runtime) -> None:
    assert (await upload(ann, b"bob@else.test\nnobody\n")).status_code == 303
    page = await ann.see("/suppressions/import")
    assert 'hx-trigger="every 2s"' in page
    found = re.search(r"imp_\w+", page)
    assert found
    await service.Importer(db, runtime.clock).run(ann.tenant.id, ids.decode("imp", found[0]))
    page = await ann.see("/suppressions/import")
    assert 'hx-trigger="every 2s"' not in page
    assert ("1 address added" in page, "1 line left out" in page, "Line 2" in page) == (True, True, True)
    assert "bob@else.test" in await ann.see("/suppressions")


async def test_no_file_is_said_at_the_field(ann: Person) -> None:
    answer = await ann.submit("/suppressions/import", page="/suppressions/import", reason="manual", stream="")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


async def test_an_agencys_list_for_its_clients_is_apart_from_its_own(
    make_tenant: MakeTenant, make_person: MakePerson
) -> None:
    person = await make_person(await make_tenant("agency"))
    await person.sign_in()
    path = await suppress(person, path="/agency/suppressions")
    assert path.startswith("/agency/suppressions/sup_")
    assert "bob@else.test" in await person.see("/agency/suppressions")
    assert "bob@else.test" not in await person.see("/suppressions")
    assert (await person.client.get(path.removeprefix("/agency"))).status_code == 404


async def test_a_client_has_no_list_for_others(ann: Person) -> None:
    given = {"email": "bob@else.test", "reason": "manual"}
    answer = await ann.submit("/agency/suppressions", page="/suppressions", **given)
    assert answer.status_code == 403


async def test_who_only_reads_is_offered_nothing_else(ann: Person, make_person: MakePerson) -> None:
    path = await suppress(ann)
    reader = await make_person(ann.tenant, role="support")
    await reader.sign_in()
    page = await reader.see("/suppressions")
    assert "bob@else.test" in page
    assert ("Suppress an address" in page, "Import a file" in page) == (False, False)
    assert "Let mail go there again" not in await reader.see(path)
    assert (await reader.submit(f"{path}/reactivate", because="x")).status_code == 403


async def test_a_strangers_entry_is_not_there(ann: Person, make_tenant: MakeTenant, make_person: MakePerson) -> None:
    path = await suppress(ann)
    stranger = await make_person(await make_tenant())
    await stranger.sign_in()
    assert (await stranger.client.get(path)).status_code == 404
    assert (await stranger.submit(f"{path}/restore")).status_code == 404
