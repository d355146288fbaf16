"""What operators read when a mail that came in is given up."""

from gettext import NullTranslations

from control_plane.notices.letters import letter_of
from control_plane.notices.schemas import MailGivenUp


def test_the_letter_says_whom_it_was_for_and_where_to_look() -> None:
    notice = MailGivenUp(path="/operator", domain="acme.test", mail_id="0190-1", problem="100 % broken")
    letter = letter_of(notice, NullTranslations())
    text = " ".join(letter.paragraphs)
    assert "A mail for acme.test" in text
    assert "100 % broken" in text
    assert "0190-1" in text
    assert letter.path == "/operator"
