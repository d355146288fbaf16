"""How customers' HTML is shown."""

from uuid import UUID, uuid4

import pytest

from control_plane.core.auth import Subject
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from web import mail_preview

NAME = "a-name-of-a-frame-00"


def author(tenant_id: UUID | None = None, acting_from: UUID | None = None) -> Subject:
    return Subject(
        tenant_id=TenantId(tenant_id or uuid4()),
        tenant_kind="customer",
        scopes=frozenset(),
        user_id=uuid4(),
        acting_from=None if acting_from is None else TenantId(acting_from),
    )


async def kept(runtime: Runtime) -> set[bytes]:
    return {key async for key in runtime.valkey.scan_iter("fleetpost:preview:*")}


async def forget(runtime: Runtime) -> None:
    if keys := await kept(runtime):
        await runtime.valkey.delete(*keys)


async def invent(runtime: Runtime, writer: Subject, names: int) -> None:
    for number in range(names):
        await mail_preview.keep(runtime.valkey, writer, f"an-invented-name-{number}", "<p>Hi</p>", dark=False)


@pytest.mark.parametrize(
    ("source", "light", "dark"),
    [
        ("(prefers-color-scheme: dark)", "(max-width: 0)", "(min-width: 0)"),
        ("( PREFERS-color-scheme :light )", "(min-width: 0)", "(max-width: 0)"),
        ("(prefers-contrast: more)", "(prefers-contrast: more)", "(prefers-contrast: more)"),
    ],
)
def test_a_mail_looks_as_on_the_screen_that_is_asked_for(source: str, light: str, dark: str) -> None:
    css = f"@media {source} {{ body {{ color: red }} }}"
    assert f"@media {light} {{" in mail_preview.in_scheme(css, dark=False)
    assert f"@media {dark} {{" in mail_preview.in_scheme(css, dark=True)


def test_a_text_is_shown_as_it_is() -> None:
    assert mail_preview.as_page("a <b> & c").endswith("a &lt;b> &amp; c")


def test_a_frame_may_do_nothing() -> None:
    policy = mail_preview.FRAME_HEADERS["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "allow-" not in policy


@pytest.mark.parametrize("name", ["", "short", "a" * 65, "../../etc/passwd0000", "a:b:c:d:e:f:g:h:i", "ü" * 20])
def test_a_name_that_was_not_made_here_is_none(name: str) -> None:
    assert not mail_preview.is_name(name)


async def test_however_many_names_and_members_an_account_makes_up_it_has_a_few_places(runtime: Runtime) -> None:
    await forget(runtime)
    account = uuid4()
    for _ in range(5):
        await invent(runtime, author(account), 40)
        await invent(runtime, author(acting_from=account), 40)
    assert 0 < len(await kept(runtime)) <= 8


async def test_however_many_accounts_there_are_all_have_the_same_places(runtime: Runtime) -> None:
    await forget(runtime)
    for _ in range(200):
        await invent(runtime, author(), 3)
    assert 8 < len(await kept(runtime)) <= 128


async def test_whose_place_was_taken_is_shown_nothing_and_never_somebody_elses(runtime: Runtime) -> None:
    ann, others = author(), [author() for _ in range(3000)]
    await mail_preview.keep(runtime.valkey, ann, NAME, "<p>Ann's</p>", dark=False)
    assert b"<p>Ann's</p>" in (await mail_preview.show(runtime.valkey, ann, NAME)).content
    for other in others:
        await mail_preview.keep(runtime.valkey, other, NAME, "<p>Another's</p>", dark=False)
    with pytest.raises(NotFound):
        await mail_preview.show(runtime.valkey, ann, NAME)
    shown = await mail_preview.show(runtime.valkey, others[-1], NAME)
    assert shown.content.startswith(b"<p>Another's</p><style>")


async def test_a_long_mail_is_cut_by_octets_between_two_characters(runtime: Runtime) -> None:
    ann = author()
    await mail_preview.keep(runtime.valkey, ann, NAME, "a" + "\N{POSTAL HORN}" * 512 * 1024, dark=False)
    shown = (await mail_preview.show(runtime.valkey, ann, NAME)).content
    assert len(shown) < 512 * 1024
    assert shown.decode().startswith("a\N{POSTAL HORN}")
