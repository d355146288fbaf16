import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from control_plane.messages.addresses import BadAddress, domain_of, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("bob@else.test", "bob@else.test"),
        ("Bob.O'Neil+x@else.test", "Bob.O'Neil+x@else.test"),  # case before the @ is the receiver's business
        ("bob@ELSE.Test", "bob@else.test"),
        ("bob@bücher.example.com", "bob@xn--bcher-kva.example.com"),
        ("bob@xn--bcher-kva.example.com", "bob@xn--bcher-kva.example.com"),
        ("a" * 64 + "@else.test", "a" * 64 + "@else.test"),
        ("jürgen@else.test", "jürgen@else.test"),
        ("ju\u0308rgen@bücher.example.com", "jürgen@xn--bcher-kva.example.com"),
        ("用户@else.test", "用户@else.test"),
    ],
)
def test_an_address_has_one_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "bob",
        "@else.test",
        "bob@",
        "bob@else",
        "bob@else..test",
        "bob@-else.test",
        "bob@else.test.",
        "bob@127.0.0.1",
        "bob@[127.0.0.1]",
        ".bob@else.test",
        "bob.@else.test",
        "b..ob@else.test",
        '"bob"@else.test',
        "bob@else.test ",
        " bob@else.test",
        "bob@else.test\n",
        "bob\r\n@else.test",
        "bob\0@else.test",
        "Bob <bob@else.test>",
        "bob@else.test,eve@evil.test",
        "jür\u200bgen@else.test",
        "jür gen@else.test",
        "jür\u2028gen@else.test",
        "\ud800@else.test",
        "ü" * 33 + "@else.test",  # 66 bytes
        "a" * 65 + "@else.test",
        "bob@" + "a." * 120 + "test.example",
        "bob@" + "a" * 64 + ".test",
    ],
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(BadAddress):
        normalise(wrong)


@given(st.from_regex(r"\A[A-Za-z0-9.+_'-]{1,70}@([a-z0-9-]{1,10}\.){1,3}[a-z0-9-]{1,10}\Z"))
def test_the_quick_way_accepts_nothing_that_the_thorough_way_refuses(text: str) -> None:
    try:
        found = normalise(text)
    except BadAddress:
        return
    thorough = validate_email(
        text, strict=True, check_deliverability=False, test_environment=True, globally_deliverable=False
    )
    assert found == thorough.normalized


def test_the_domain_is_what_stands_behind_the_at_sign() -> None:
    assert domain_of("bob@else.test") == "else.test"
