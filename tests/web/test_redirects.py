"""After sign-in, nobody is sent to another site."""

import pytest

from web.redirects import own_path


@pytest.mark.parametrize("path", ["/", "/messages", "/messages/msg_1?x=1&y=%2F", "/domains#records"])
def test_a_page_of_ours_is_gone_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "address",
    [
        "",
        "messages",  # relative
        "https://evil.test/",
        "//evil.test/",  # the browser would keep our scheme and change the host
        "///evil.test",
        "/\\evil.test",  # browsers read a backslash as a slash
        "\\\\evil.test",
        "/\t/evil.test",  # browsers drop tabs and line ends
        "/\n/evil.test",
        "javascript:alert(1)",
        "http:evil.test",
        "//[",  # no address at all
        "http://[",
    ],
)
def test_any_other_address_leads_home(address: str) -> None:
    assert own_path(address) == "/"
