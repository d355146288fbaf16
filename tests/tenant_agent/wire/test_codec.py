"""Whatever the bytes are, reading them ends with a value or with one kind of error."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_agent import wire

NO_TEXT = b"\xa1\xff"
A_SURROGATE = b"\xa3\xed\xa0\x80"
NESTED_WITHOUT_END = b"\x91" * 100_000


@pytest.mark.parametrize("value", [NO_TEXT, A_SURROGATE, NESTED_WITHOUT_END])
def test_a_frame_with_what_is_no_value_cannot_be_read(value: bytes) -> None:
    from_agent = b"\x82\xa4type\xa4Take\xa8lease_id" + value
    from_control = b"\x83\xa4type\xa5Taken\xa8lease_id" + value + b"\xa5yours\xc3"
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_from_agent(from_agent)
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_from_control(from_control)


@pytest.mark.parametrize("value", [NO_TEXT, A_SURROGATE, NESTED_WITHOUT_END])
def test_an_item_with_what_is_no_value_cannot_be_read(value: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_as(b"\x81\xa7address" + value, wire.MailboxItem)
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_as(b"\x81\xa8tomorrow" + value, wire.MailboxItem)


@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (wire.decode_from_agent, wire.decode_from_control):
        try:
            read(data)
        except msgspec.MsgspecError:
            continue
