"""Who may submit, from where and as whom; and what the others are told."""

import pytest

from tenant_agent.by_key.judge import SmtpKey, objection_to_author, objection_to_key
from tests.tenant_agent.by_key.key_samples import KEY_ID, smtp_key

NOW = 1_795_320_000_000


def key(**changes: object) -> SmtpKey:
    return SmtpKey("ten_1", smtp_key(KEY_ID, **changes))


@pytest.mark.parametrize(
    ("changes", "client", "words"),
    [
        ({}, "192.0.2.1", None),
        ({"expires_at_ms": NOW + 1}, "192.0.2.1", None),
        ({"expires_at_ms": NOW}, "192.0.2.1", "has expired"),
        ({"enabled": False}, "192.0.2.1", "account is suspended"),
        ({"allowed_networks": ("192.0.2.0/24", "2001:db8::/32")}, "192.0.2.1", None),
        ({"allowed_networks": ("192.0.2.0/24", "2001:db8::/32")}, "2001:db8::1", None),
        ({"allowed_networks": ("192.0.2.0/24",)}, "198.51.100.7", "may not be used from 198.51.100.7"),
        ({"allowed_networks": ("192.0.2.0/24",)}, "", "may not be used from nobody"),
        ({"allowed_networks": ("nonsense",)}, "192.0.2.1", "may not be used from"),
    ],
)
def test_a_key_is_good_or_its_user_hears_why_not(changes: dict[str, object], client: str, words: str | None) -> None:
    said = objection_to_key(key(**changes), client, NOW)
    assert (said is None) if words is None else (said is not None and said.startswith("550 5.7.1 ") and words in said)


def test_a_key_that_is_not_known_was_revoked() -> None:
    assert "was revoked" in (objection_to_key(None, "192.0.2.1", NOW) or "")


@pytest.mark.parametrize(
    ("bound_to", "domain", "owner", "words"),
    [
        ((), "acme.test", "ten_1", None),
        (("acme.test",), "acme.test", "ten_1", None),
        (("shop.test",), "acme.test", "ten_1", "API key may not write as acme.test"),
        ((), "bank.test", "ten_2", "no proven domain of your account"),
        ((), "bank.test", None, "You may not write as bank.test"),
        ((), "a%d\r\n250 ok", None, "You may not write as a?d??250?ok"),
    ],
)
def test_mail_is_written_as_ones_own_domains(
    bound_to: tuple[str, ...], domain: str, owner: str | None, words: str | None
) -> None:
    said = objection_to_author(key(allowed_domains=bound_to), domain, owner)
    assert (said is None) if words is None else (said is not None and words in said)
