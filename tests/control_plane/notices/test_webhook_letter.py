"""What people read when a webhook of theirs was switched off."""

from gettext import NullTranslations
from typing import Literal

import msgspec
import pytest

from control_plane.notices.letters import letter_of
from control_plane.notices.schemas import WebhookNews


@pytest.mark.parametrize(("reason", "why"), [("failing", "For five days"), ("gone", "410 Gone")])
def test_it_says_which_why_and_what_to_do(reason: Literal["failing", "gone"], why: str) -> None:
    notice = WebhookNews(reason=reason, address="https://acme.test/hooks", path="/webhooks/whk_1")
    letter = letter_of(notice, NullTranslations())
    text = " ".join(letter.paragraphs)
    assert "https://acme.test/hooks" in text
    assert why in text
    assert "switch the webhook on again" in text
    assert letter.path == "/webhooks/whk_1"
    assert msgspec.json.decode(msgspec.json.encode(notice), type=WebhookNews) == notice
