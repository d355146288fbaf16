"""The first steps of a new account."""

from control_plane.accounts.schemas import SCOPES_OF, Role
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.ids import TenantId
from tests.web.conftest import Person
from web.checklist import Facts, checklist

DONE = Facts(
    proven_domain="acme.test",
    can_connect=True,
    has_sent=True,
    is_protected=True,
    has_company=True,
    has_webhook=True,
)


def somebody(role: Role) -> Subject:
    return Subject(tenant_id=TenantId(ids.new_uuid()), tenant_kind="client", scopes=SCOPES_OF[role])


def test_an_owner_has_six_steps() -> None:
    todo = checklist(Facts(), somebody("owner"))
    assert (todo.done, len(todo.steps), todo.is_complete) == (0, 6, False)
    assert checklist(DONE, somebody("owner")).is_complete


def test_nobody_is_asked_for_what_they_may_not_do() -> None:
    assert {step.href for step in checklist(Facts(), somebody("marketer")).steps} == {
        "/messages/new",
        "/account/security",
    }


async def test_the_list_can_be_put_away_in_one_browser(ann: Person) -> None:
    assert "1 of 6 done" in await ann.see("/")
    answer = await ann.submit("/checklist/dismiss")
    assert answer.status_code == 303
    assert "of 6 done" not in await ann.see("/")


async def test_a_cookie_of_nonsense_hides_nothing(ann: Person) -> None:
    ann.client.cookies.set("fp_put_away_checklist", "..,\x7f" * 50)
    assert "1 of 6 done" in await ann.see("/")
