"""What is said of the proof of ownership."""

import pytest

from control_plane.mail_domains.resolver import LOOP, Answer
from tests.control_plane.mail_domains.checkup.world import SERVFAIL, SILENCE, Case, Zone, table, verdict

HOST = ("_fleetpost.acme.test", "TXT")
PROOF = "fleetpost-verification=tok"

CASES: list[Case] = [
    ("as told", {HOST: [PROOF]}, "ok", "Published"),
    ("beside others", {HOST: ["google-site-verification=1", PROOF]}, "ok", "Published"),
    ("a space behind it", {HOST: [f"{PROOF} "]}, "ok", "Published"),
    ("behind an alias", {HOST: [], ("_fleetpost.acme.test", "CNAME"): ["p.other.test"]}, "missing", "publish it"),
    ("none", {HOST: []}, "missing", "publish it as TXT at _fleetpost.acme.test"),
    ("another account's", {HOST: ["fleetpost-verification=tik"]}, "wrong", "another account"),
    ("one letter more", {HOST: [f"{PROOF}x"]}, "wrong", "another account"),
    ("in capitals", {HOST: [PROOF.upper()]}, "wrong", "beside it"),  # tokens are not words: each letter counts
    ("the token alone", {HOST: ["tok"]}, "wrong", "beside it"),
    ("in quotation marks", {HOST: [f'"{PROOF}"']}, "wrong", "quotation marks"),
    ("aliases in a circle", {HOST: Answer(problem=LOOP)}, "wrong", "in a circle"),
    ("no answer", {HOST: SILENCE}, "unknown", "checked again"),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
    ("entered with the domain", {HOST: [], ("_fleetpost.acme.test.acme.test", "TXT"): [PROOF]}, "missing", "by itself"),
    ("a star answers everywhere", {HOST: [], ("_fleetpost.acme.test.acme.test", "TXT"): ["*"]}, "missing", "publish"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words"), table(*CASES))
async def test_the_proof_is_judged(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("ownership", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation
