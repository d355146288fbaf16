"""New DKIM keys, as a verifier that is not ours reads them."""

import base64

import dkim as dkimpy

from control_plane.mail_domains.dkim import key_record, new_key_pairs

MAIL = b"From: ann@acme.test\r\nTo: bob@else.test\r\nSubject: Hello\r\n\r\nGood morning!\r\n"


def test_mail_signed_with_a_new_rsa_key_verifies_against_its_record() -> None:
    key = next(pair for pair in new_key_pairs() if pair.algorithm == "rsa")
    signature = dkimpy.sign(MAIL, key.selector.encode(), b"acme.test", key.private_key)
    record = key_record(key.algorithm, key.public_key).encode()
    assert dkimpy.verify(signature + MAIL, dnsfunc=lambda name, **_: record)


def test_the_ed25519_record_holds_the_bare_key() -> None:
    key = next(pair for pair in new_key_pairs() if pair.algorithm == "ed25519")
    assert len(base64.b64decode(key.public_key)) == 32  # RFC 8463 §4
    assert key_record(key.algorithm, key.public_key) == f"v=DKIM1; k=ed25519; p={key.public_key}"
