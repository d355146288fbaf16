"""Going to another account, and devices in words."""

import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from tests.conftest import MakeTenant
from tests.web.conftest import Person
from web.devices import in_words


async def test_one_goes_to_another_account_and_stays_there(ann: Person, make_tenant: MakeTenant, db: Database) -> None:
    other = await make_tenant()
    async with db.fleet_tx() as tx:
        await tx.connection.execute(
            "insert into memberships select $1, id, 'admin' from users where email = $2", other.id, ann.email
        )
        name = await tx.connection.fetchval("select name from tenants where id = $1", other.id)
    public_id = ids.encode("ten", other.id)
    answer = await ann.submit("/switch", tenant_id=public_id)
    assert answer.headers["location"] == "/?done=switched"
    assert name in await ann.see("/")
    elsewhere = await ann.submit("/switch", tenant_id=public_id, next="https://evil.test/")
    assert elsewhere.headers["location"] == "/"


@pytest.mark.parametrize("tenant_id", ["", "ten_x", "usr_06f0000000000000000000000g", "\0", "ten_" + "0" * 26])
async def test_where_one_has_no_place_there_is_nothing(ann: Person, tenant_id: str) -> None:
    assert (await ann.submit("/switch", tenant_id=tenant_id)).status_code == 404


async def test_a_stranger_is_led_to_the_sign_in(visitor: Person) -> None:
    answer = await visitor.submit("/switch", page="/sign-in", tenant_id="ten_x")
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent: str, words: str) -> None:
    assert in_words(user_agent) == words
