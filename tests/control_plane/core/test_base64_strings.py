"""Long files are taken out of a body while it comes in, whatever the pieces, and nothing else is."""

import base64
import json
import os

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control_plane.core.base64_strings import LONG_BYTES, SpooledFile, StringSpool

LONG = os.urandom(LONG_BYTES + 1000)


def mark(sha256: bytes, size: int) -> bytes:
    return b"mark" + sha256


def read(body: bytes, piece: int = 65536) -> tuple[bytes, dict[bytes, bytes]]:
    """Give the shorter body, and the files by their marks."""
    with StringSpool(mark) as spool:
        shorter = b"".join(spool.feed(body[at : at + piece]) for at in range(0, len(body), piece)) + spool.end()
        return shorter, {name: file.whole() for name, file in spool.files.items()}


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def body_with(*contents: str) -> dict[str, object]:
    return {"subject": "Hi", "attachments": [{"filename": "a", "content": each, "x": [1, "\\"]} for each in contents]}


@pytest.mark.parametrize("piece", [1, 7, 4096, 65536, 10**7])
@pytest.mark.parametrize("extra", [0, 1, 2])
def test_long_files_are_taken_out_and_short_ones_stay(piece: int, extra: int) -> None:
    long, other = LONG + b"x" * extra, LONG[::-1]
    wanted = body_with(text(long), text(b"short"), text(other), text(long))
    shorter, files = read(json.dumps(wanted).encode(), piece)
    contents = [each["content"] for each in json.loads(shorter)["attachments"]]
    assert [files.get(base64.b64decode(each)) for each in contents] == [long, None, other, long]
    assert contents[1] == text(b"short")
    assert len(shorter) < 2000


def test_slashes_may_be_escaped_as_some_do() -> None:
    body = json.dumps(body_with(text(LONG))).replace("/", "\\/").encode()
    for piece in (1, 65536):
        _, files = read(body, piece)
        assert list(files.values()) == [LONG]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content + "=",
        lambda content: content[:-5] + "*" + content[-4:],
        lambda content: content[:4000] + "==" + content[4002:],
        lambda content: content + "\n",
        lambda content: content + 'x"y',
        lambda content: content[:100] + "é" + content[101:],
    ],
)
def test_what_is_no_base64_is_told_so_by_its_path(spoil: object) -> None:
    class Attachment(msgspec.Struct):
        content: bytes

    content = spoil(text(LONG))  # type: ignore[operator]
    shorter, files = read(json.dumps({"content": content}).encode(), 1000)
    assert files == {}
    with pytest.raises(msgspec.ValidationError, match="Invalid base64"):
        msgspec.json.decode(shorter, type=Attachment)


@pytest.mark.parametrize(
    "value",
    [
        {"context": text(LONG)},
        {'my"content': text(LONG)},
        {"text": '"content": "' + text(LONG)},
        {"html": text(LONG), "content": "short"},
        ["content", text(LONG)],
    ],
)
def test_other_long_strings_stay(value: object) -> None:
    body = json.dumps(value).encode()
    for piece in (17, 65536):
        assert read(body, piece) == (body, {})


def test_a_string_without_an_end_is_no_json() -> None:
    shorter, _ = read(json.dumps(body_with(text(LONG))).encode()[:-60])
    with pytest.raises(json.JSONDecodeError):
        json.loads(shorter)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("content"),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9) | st.just("content"), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(_json, st.integers(1, 50), st.booleans())
def test_a_body_without_long_files_is_passed_on_as_it_is(value: object, piece: int, pretty: bool) -> None:
    body = json.dumps(value, indent=2 if pretty else None).encode()
    assert read(body, piece) == (body, {})


def test_files_are_read_in_pieces() -> None:
    with StringSpool(mark) as spool:
        spool.feed(json.dumps(body_with(text(LONG))).encode())
        [file] = spool.files.values()
        assert isinstance(file, SpooledFile)
        pieces = list(file.read(1000))
    assert b"".join(pieces) == LONG
    assert {len(piece) for piece in pieces[:-1]} == {1000}
