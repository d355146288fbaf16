"""Authorities by name, and whose turn it is."""

import pytest

from control_plane.certificates import directories, names
from control_plane.certificates.ca import CaProblem
from control_plane.certificates.directories import PRESETS
from control_plane.certificates.problems import judge
from control_plane.mail_domains.names import NotADomain
from control_plane.settings import AcmeSettings


def acme(*given: str, eab: tuple[str, ...] = ()) -> AcmeSettings:
    """Set directories up."""
    return AcmeSettings(directories=given, contact="", eab=eab, ca_file="")


def test_presets_and_urls_may_be_mixed() -> None:
    found = directories.urls(acme("letsencrypt", "https://ca.test/dir"))
    assert found == (PRESETS["letsencrypt"], "https://ca.test/dir")
    assert [directories.name_of(url) for url in found] == ["Let’s Encrypt", "ca.test"]


def test_each_authority_gets_three_tries() -> None:
    assert [directories.choose(("a", "b"), failures) for failures in range(8)] == list("aaabbbaa")


@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_external_accounts_are_found_by_their_directory(padding: str) -> None:
    given = acme("zerossl", "https://ca.test/d?x=1", eab=(f"zerossl=k1:abc{padding}", "https://ca.test/d?x=1=k2:def"))
    first = directories.external_account(given, PRESETS["zerossl"])
    second = directories.external_account(given, "https://ca.test/d?x=1")
    assert first == directories.ExternalAccount("k1", "abc")
    assert second == directories.ExternalAccount("k2", "def")
    assert directories.external_account(given, PRESETS["buypass"]) is None


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("caa", "proof", "CAA record"),
        ("connection", "proof", "port 80"),
        ("dns", "proof", "name servers"),
        ("unauthorized", "proof", "another answer"),
        ("rateLimited", "limit", "no more certificates"),
        ("unreachable", "authority", "cannot be reached"),
        ("externalAccountRequired", "operator", "FLEETPOST_ACME_EAB"),
        ("externalAccountRefused", "operator", "correct its key"),
        ("accountDoesNotExist", "forgotten", "make a new one"),
        ("somethingNew", "authority", "somethingNew"),
    ],
)
def test_every_problem_is_a_sentence_that_says_whose_turn_it_is(code: str, kind: str, said: str) -> None:
    found = judge(CaProblem(code, "details"), "Let’s Encrypt", ("mail.acme.test",))
    assert found.kind == kind
    assert said in found.sentence
    assert "{" not in found.sentence


@pytest.mark.parametrize(
    ("name", "registered"),
    [("mail.acme.co.uk", "acme.co.uk"), ("*.acme.com", "acme.com"), ("a.b.test", "b.test"), ("acme.com", "acme.com")],
)
def test_authorities_count_by_the_registered_domain(name: str, registered: str) -> None:
    assert names.registered_domain(name) == registered


def test_wildcards_stand_for_one_level_only() -> None:
    assert names.normalise(" *.Bücher.TEST. ") == "*.xn--bcher-kva.test"
    for text in ("*", "*.*.acme.test", "a.*.acme.test", "*acme.test", "*.test", "", "\0", "a" * 300):
        with pytest.raises(NotADomain):
            names.normalise(text)


def test_the_nearest_proven_domain_is_whose_a_name_is() -> None:
    proven = {"acme.test", "shop.acme.test"}
    assert names.domain_of("*.shop.acme.test", proven) == "shop.acme.test"
    assert names.domain_of("mail.acme.test", proven) == "acme.test"
    assert names.domain_of("notacme.test", proven) is None
