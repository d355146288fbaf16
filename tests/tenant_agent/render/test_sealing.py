"""What is passed on for somebody else is sealed for whose mail it was, and signed for nobody."""

import re
from collections.abc import Iterator

import dkim as dkimpy
import pytest
import redis

from tenant_agent.project import Table, chosen
from tenant_agent.projections.signing_keys import SigningKeys
from tests.tenant_agent.daemons.redis import PASSWORD, running_redis
from tests.tenant_agent.daemons.signer import HOSTNAME, RunningSigner, Verdict, running_signer
from tests.tenant_agent.render.test_signing import KEYS, key_record
from tests.tenant_agent.samples import dkim
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node

OTHER = dkim(selector="o1", algorithm="rsa")
RETURN_PATH = f"{'0' * 36}@bounce.acme.test"
FIRST = "cv=none; spf=pass smtp.mailfrom=bob@else.test; dkim=pass; dmarc=pass header.from=else.test; arc=none"
NEXT = FIRST.replace("cv=none", "cv=pass").replace("arc=none", "arc=pass")
RECORDS = {
    **{f"{key.selector}._domainkey.acme.test.".encode(): key_record(key) for key in KEYS},
    b"o1._domainkey.list.test.": key_record(OTHER),
}


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSigner]:
    root = tmp_path_factory.mktemp("sealer")
    with running_redis(root) as socket, running_signer(root) as running:
        client = redis.Redis(unix_socket_path=str(socket), password=PASSWORD, decode_responses=True)
        keys = SigningKeys(client)
        keys.write(chosen(projected(*KEYS).rows, Table.SIGNING_KEYS), [])
        yield running
        keys.close()


def message(author: str = "Bob <bob@else.test>") -> bytes:
    lines = (
        f"From: {author}",
        "To: support@acme.test",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
        "Date: Sun, 22 Nov 2026 12:00:00 +0000",
        "Message-ID: <1@else.test>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Where is  my order?",
        "",
    )
    return "\r\n".join(lines).encode()


def marked(mail: bytes, said: str = FIRST) -> bytes:
    return b"X-Fleetpost-Passed-On: " + said.encode() + b"\r\n" + mail


def as_sent(verdict: Verdict, mail: bytes) -> bytes:
    """Put the new fields above the mail, with line breaks as they go out."""
    fields = "".join(f"{name}: {value}\n" for name, value in verdict.added.items())
    return re.sub(r"\r?\n", "\r\n", fields).encode() + mail


def validity(mail: bytes) -> tuple[str, int]:
    """Ask a library that is not ours: what the chain is worth, and how long it is."""
    said, results, _ = dkimpy.ARC(mail).verify(dnsfunc=lambda name, timeout=5: RECORDS.get(name))
    assert said is not None
    return said.decode(), len(results)


def sealed_by_a_list(mail: bytes) -> bytes:
    fields = dkimpy.arc_sign(
        b"Authentication-Results: list.test; spf=pass smtp.mailfrom=bob@else.test\r\n" + mail,
        b"o1",
        b"list.test",
        OTHER.private_key.encode(),
        b"list.test",
    )
    return b"".join(fields) + mail


def test_mail_without_a_chain_gets_one_that_others_can_verify(signer: RunningSigner) -> None:
    verdict = signer.look_at(marked(message()), sender=RETURN_PATH)
    assert verdict.action == "no action"
    assert validity(as_sent(verdict, message())) == ("pass", 1)
    results = " ".join(verdict.added["ARC-Authentication-Results"].split())
    assert results.startswith(f"i=1; {HOSTNAME}; spf=pass smtp.mailfrom=bob@else.test; dkim=pass;")
    assert "d=acme.test" in verdict.added["ARC-Seal"]
    assert verdict.removed == {"X-Fleetpost-Passed-On"}


def test_a_chain_is_gone_on_with(signer: RunningSigner) -> None:
    mail = sealed_by_a_list(message())
    assert validity(mail) == ("pass", 1)
    verdict = signer.look_at(marked(mail, NEXT), sender=RETURN_PATH)
    assert validity(as_sent(verdict, mail)) == ("pass", 2)


def test_a_seal_holds_what_was_sealed(signer: RunningSigner) -> None:
    sent = as_sent(signer.look_at(marked(message()), sender=RETURN_PATH), message())
    assert validity(sent.replace(b"my order", b"my money"))[0] == "fail"


@pytest.mark.parametrize("author", ["ann@acme.test", "Bob <bob@else.test>", "a@acme.test, b@else.test"])
def test_nobodys_key_says_that_they_wrote_it(signer: RunningSigner, author: str) -> None:
    verdict = signer.look_at(marked(message(author)), sender=RETURN_PATH)
    assert (verdict.action, verdict.signatures) == ("no action", [])


@pytest.mark.parametrize("said", [FIRST.replace("none", "fail", 1), FIRST], ids=["a failed chain", "one that is new"])
def test_what_has_a_broken_chain_goes_as_it_is(signer: RunningSigner, said: str) -> None:
    verdict = signer.look_at(marked(sealed_by_a_list(message()), said), sender=RETURN_PATH)
    assert (verdict.action, verdict.added) == ("no action", {})


def test_fields_that_are_no_chain_are_not_gone_on_with(signer: RunningSigner) -> None:
    odd = b"ARC-Seal: i=2; cv=pass; b=x\r\nARC-Seal: i=2; cv=pass; b=y\r\n" + message()
    verdict = signer.look_at(marked(odd, NEXT), sender=RETURN_PATH)
    assert (verdict.action, verdict.added) == ("no action", {})


def test_it_waits_while_there_is_no_key(signer: RunningSigner) -> None:
    sender = RETURN_PATH.replace("acme", "keyless")
    assert signer.look_at(marked(message()), sender=sender).action == "soft reject"
    assert signer.look_at(marked(message()), sender="ann@acme.test").action == "soft reject"
    assert signer.look_at(marked(message(), "nonsense"), sender=RETURN_PATH).action == "soft reject"


def test_nobody_who_logged_in_passes_mail_on(signer: RunningSigner) -> None:
    assert signer.look_at(marked(message()), sender=RETURN_PATH, user="ann@acme.test").action == "reject"
    assert signer.look_at(marked(message()), sender=RETURN_PATH, daemon=HOSTNAME).action == "reject"
