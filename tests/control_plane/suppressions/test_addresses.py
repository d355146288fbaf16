"""One address has one form, however it is written."""

import pytest

from control_plane.messages.addresses import BadAddress
from control_plane.suppressions.addresses import domain_entry, read


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("bob@else.test", "bob@else.test"),
        ("  Bob@Else.Test ", "bob@else.test"),
        ("bob@bücher.test", "bob@xn--bcher-kva.test"),
        ("@Else.Test", "@else.test"),
        ("@bücher.test", "@xn--bcher-kva.test"),
        ("@else.test.", "@else.test"),
    ],
)
def test_an_address_is_stored_in_one_form(written: str, stored: str) -> None:
    assert read(written) == stored


@pytest.mark.parametrize("odd", ["", "@", "bob", "bob@", "@test", "@.", "a\0@else.test", "@else\0.test", "x" * 100_000])
def test_what_is_no_address_is_refused(odd: str) -> None:
    with pytest.raises(BadAddress):
        read(odd)


def test_an_address_can_be_suppressed_with_its_domain() -> None:
    assert domain_entry('"a@b"@else.test') == "@else.test"
