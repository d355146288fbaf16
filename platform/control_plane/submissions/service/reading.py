"""Understanding what a node hands up, as if the node were hostile."""

import msgspec

from control_plane.core.errors import Malformed
from control_plane.core.ids import MalformedId, decode, from_bare
from control_plane.core.text import is_one_line
from tenant_agent import wire

_MOST_RECIPIENTS = 1000
_LONGEST_ADDRESS = 320
_decoder = msgspec.json.Decoder(wire.SubmittedMail)


def read(body: bytes) -> tuple[wire.SubmittedMail, bytes]:
    """Take apart what is known of a mail and the mail itself; raises `Malformed`."""
    head, line_feed, raw = body.partition(b"\n")
    try:
        mail = _decoder.decode(head)
        from_bare(mail.id)
        decode("key", mail.key_id)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, MalformedId) as error:
        raise Malformed("The first line does not describe a submitted mail.") from error
    if not line_feed or not _is_bearable(mail):
        raise Malformed("The mail is missing, or its addresses are too many, too long or no lines of text.")
    return mail, raw


def _is_bearable(mail: wire.SubmittedMail) -> bool:
    addresses = (mail.sender, *mail.recipients)
    return 0 < len(mail.recipients) <= _MOST_RECIPIENTS and all(
        len(address) <= _LONGEST_ADDRESS and is_one_line(address) for address in addresses
    )
