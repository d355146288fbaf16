import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_plane.core.errors import Invalid
from control_plane.messages.compose import compose
from control_plane.messages.schemas import EmailAddress, NewMessage
from tenant_agent import wire

ANN, BOB, CLEO = (EmailAddress(email=f"{name}@else.test") for name in ("ann", "bob", "cleo"))


def new(**changes: object) -> NewMessage:
    """Write a small message from Ann to Bob, with some fields changed."""
    return msgspec.structs.replace(NewMessage(sender=ANN, to=(BOB,), subject="Hello", text="Hi"), **changes)


def content_of(message: NewMessage) -> wire.Content:
    return msgspec.msgpack.decode(compose(message).content, type=wire.Content)


def test_a_recipient_who_is_named_twice_gets_one_mail() -> None:
    shouting = EmailAddress(email="BOB@ELSE.TEST")
    composed = compose(new(to=(BOB, BOB, shouting), cc=(BOB, CLEO), bcc=(CLEO,)))
    assert [(each.email, each.kind) for each in composed.recipients] == [
        ("bob@else.test", "to"),
        ("cleo@else.test", "cc"),
    ]
    content = msgspec.msgpack.decode(composed.content, type=wire.Content)
    assert [each.email for each in content.to] == ["bob@else.test"]
    assert [each.email for each in content.cc] == ["cleo@else.test"]


def test_blind_copies_are_in_no_header() -> None:
    content = content_of(new(bcc=(CLEO,)))
    assert b"cleo" not in wire.encode(content)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        compose(new(to=(), subject="\n", headers={"From": "x"}, tags=("\t",)))
    assert {each.path for each in refused.value.errors} == {"to", "subject", "headers.From", "tags[0]"}


NASTY = st.text(
    st.one_of(st.sampled_from("\r\n\0\t\x7f\x85\u2028:;, <>\"'"), st.characters(codec="utf-8")), max_size=40
)


@given(NASTY, NASTY, NASTY, NASTY)
def test_nothing_in_a_header_can_begin_another_line(subject: str, name: str, header: str, value: str) -> None:
    message = new(subject=subject, sender=EmailAddress(email="ann@else.test", name=name), headers={header: value})
    try:
        content = content_of(message)
    except Invalid:
        return
    for text in (content.subject, content.sender.name, *(part for pair in content.headers for part in pair)):
        assert text.splitlines() in ([text], [])
        assert "\0" not in text


@given(NASTY)
def test_a_file_name_names_a_file_and_no_place(name: str) -> None:
    attachment = {"filename": name, "content_type": "text/plain", "content": ""}
    message = msgspec.convert(
        {
            "from": {"email": "ann@else.test"},
            "to": [{"email": "bob@else.test"}],
            "text": "x",
            "attachments": [attachment],
        },
        NewMessage,
    )
    try:
        [kept] = content_of(message).attachments
    except Invalid:
        return
    assert not set(kept.filename) & set("/\\\r\n\0")
