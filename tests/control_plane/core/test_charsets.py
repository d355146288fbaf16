"""Character sets by the names that mails give them."""

import encodings

import pytest

from control_plane.core.charsets import _CHARSETS, known_charset


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("utf-8", "utf_8"),
        ("UTF8", "utf_8"),
        ("utf!!8", "utf_8"),
        ("ISO-8859-1", "latin_1"),
        ("iso-8859-15", "iso8859_15"),
        ("windows-1252", "cp1252"),
        ("us-ascii", "ascii"),
        ("ks_c_5601-1987", "euc_kr"),
        ("gb2312", "gb2312"),
        ("koi8-u", "koi8_u"),
        ("iso-2022-jp", "iso2022_jp"),
        ("rot13", None),
        ("zip", None),
        ("hex", None),
        ("punycode", None),
        ("idna", None),
        ("unicode_escape", None),
        ("undefined", None),
        ("aliases", None),
        ("__init__", None),
        ("../utf_8", None),
        ("mbcs", None),
        ("", None),
        ("x" * 10_000, None),
        ("ütf-8", None),
        ("utf-8\0", "utf_8"),
    ],
)
def test_a_name_is_a_character_set_of_pythons_or_none(name: str, known: str | None) -> None:
    assert known_charset(name) == known
    if known is not None:
        assert "ab".encode(known).decode(known) == "ab"


def test_every_character_set_can_be_read() -> None:
    assert len(_CHARSETS) > 80
    for name in _CHARSETS:
        assert known_charset(name) in _CHARSETS
        assert isinstance(b"".decode(name), str)


def test_python_keeps_no_name_that_somebody_made_up() -> None:
    before = len(encodings._cache)
    assert [known_charset(f"x-{number}") for number in range(100)] == [None] * 100
    assert len(encodings._cache) == before
