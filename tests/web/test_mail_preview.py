"""How customers' HTML is shown."""

import pytest

from web import mail_preview


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
