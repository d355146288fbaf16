"""What operators read when other servers refuse more mail than usual."""

from gettext import NullTranslations

import pytest

from control_plane.bounces.classify import ABOUT_US
from control_plane.notices.letters import letter_of
from control_plane.notices.schemas import RefusalsRising


@pytest.mark.parametrize("bounce_class", ABOUT_US)
def test_the_letter_says_who_refuses_and_why_with_examples(bounce_class: str) -> None:
    notice = RefusalsRising(
        path="/operator", provider="google", bounce_class=bounce_class, bounces=42, examples=("550 100 % no", "554 %s")
    )
    letter = letter_of(notice, NullTranslations())
    text = " ".join(letter.paragraphs)
    assert "google" in letter.subject
    assert "42 mails to google" in text
    assert "“550 100 % no”" in text
    assert "“554 %s”" in text
