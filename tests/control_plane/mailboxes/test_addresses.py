"""Which addresses a mailbox can have."""

import pytest

from control_plane.mailboxes.addresses import NotAnAddress, parse


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("ann@acme.test", "ann@acme.test"),
        (" Ann.Lee@ACME.test ", "ann.lee@acme.test"),
        ("a-b_c.d9@acme.test", "a-b_c.d9@acme.test"),
        ("ann@bücher.test", "ann@xn--bcher-kva.test"),
    ],
)
def test_an_address_has_one_stored_form(text: str, stored: str) -> None:
    assert str(parse(text)) == stored


@pytest.mark.parametrize(
    "text",
    [
        "acme.test",
        "@acme.test",
        "ann@",
        "ann@test",
        "ann+shop@acme.test",  # `+` parts the detail off
        "a..b@acme.test",
        ".ann@acme.test",
        "ann.@acme.test",
        "ann:x@acme.test",  # parts fields of a passwd-file
        "../ann@acme.test",
        "ann\n@acme.test",
        "ann\0@acme.test",
        '"ann lee"@acme.test',
        "änn@acme.test",
        "a" * 65 + "@acme.test",
        "a@b@acme.test",
    ],
)
def test_what_daemons_could_misread_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress):
        parse(text)
