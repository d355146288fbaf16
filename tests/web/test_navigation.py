"""Where people may go from each page."""

from control_plane.accounts.schemas import SCOPES_OF, Role
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.ids import TenantId
from web.navigation import ACCOUNT, CONSOLES, SETTINGS, Navigation, navigation

EVERYWHERE = frozenset(entry.href for group in CONSOLES for entry in group.entries) | {
    entry.href for entry in (*SETTINGS, *ACCOUNT)
}


def seen(
    role: Role = "owner", kind: str = "client", path: str = "/", registered: frozenset[str] = EVERYWHERE
) -> Navigation:
    subject = Subject(tenant_id=TenantId(ids.new_uuid()), tenant_kind=kind, scopes=SCOPES_OF[role])
    return navigation(subject, path, registered)


def hrefs(found: Navigation) -> set[str]:
    return {entry.href for entry in found.all}


def test_a_client_has_neither_an_agencys_nor_the_operators_console() -> None:
    assert not {href for href in hrefs(seen()) if href.startswith(("/agency", "/operator"))}


def test_each_console_stands_where_its_kind_of_tenant_is() -> None:
    assert {"/agency", "/agency/plans", "/agency/brand"} <= hrefs(seen(kind="agency"))
    assert {"/operator", "/operator/nodes", "/operator/plans"} <= hrefs(seen(kind="operator"))
    assert "/agency/plans" not in hrefs(seen(kind="operator"))


def test_only_what_a_role_may_open_is_offered() -> None:
    billing = hrefs(seen("billing"))
    assert "/messages" not in billing
    assert "/settings/members" not in billing
    assert {"/", "/settings/usage", "/account", "/account/security"} <= billing


def test_a_page_that_does_not_exist_is_not_offered() -> None:
    assert hrefs(seen(registered=frozenset({"/", "/messages"}))) == {"/", "/messages"}


def test_the_entry_that_leads_furthest_is_the_one_that_is_open() -> None:
    assert seen(kind="agency", path="/agency/clients/ten_1").current == "/agency"
    assert seen(kind="operator", path="/operator/nodes").current == "/operator/nodes"
    assert seen(path="/messages/new").current == "/messages"
    assert seen(path="/elsewhere").current == ""


def test_settings_and_account_have_sections_of_their_own() -> None:
    settings = seen(path="/settings/api-keys")
    assert settings.current == "/settings"
    assert settings.current_tab == "/settings/api-keys"
    assert [entry.section for entry in seen(path="/account/security").tabs] == ["account", "security"]
    assert seen(path="/messages").tabs == ()


def test_keys_lead_to_one_place_only() -> None:
    for kind in ("client", "agency", "operator"):
        keys = [entry.keys for entry in seen(kind=kind).all if entry.keys]
        assert len(keys) == len(set(keys))
