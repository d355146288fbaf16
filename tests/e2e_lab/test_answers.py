"""The outside world's moods."""

import pytest

from e2e.lab.outside.answers import Answers


@pytest.mark.parametrize(
    ("recipient", "start"),
    [
        ("unknown@else.test", "550 5.1.1"),
        ("full@else.test", "552 5.2.2"),
        ("ratelimit@else.test", "421"),
        ("tls@else.test", "530 5.7.0"),
        ("unknown+tag@else.test", "550"),  # what follows the plus only tells mails apart
    ],
)
def test_the_local_part_says_how_the_provider_answers(recipient: str, start: str) -> None:
    answer = Answers().to(recipient, mail_from="ann@acme.test", encrypted=False)
    assert (answer.reply or "").startswith(start)


def test_anybody_else_is_accepted() -> None:
    assert Answers().to("bob@else.test", mail_from="ann@acme.test", encrypted=False).reply is None


@pytest.mark.parametrize(("recipient", "comes"), [("later@else.test", "bounce"), ("spam+x@else.test", "complaint")])
def test_some_are_accepted_and_something_comes_back(recipient: str, comes: str) -> None:
    answer = Answers().to(recipient, mail_from="ann@acme.test", encrypted=False)
    assert (answer.reply, answer.afterwards) == (None, comes)


def test_who_wants_tls_is_content_with_it() -> None:
    assert Answers().to("tls@else.test", mail_from="ann@acme.test", encrypted=True).reply is None


def test_the_greylisted_get_in_at_the_second_try_of_the_same_mail() -> None:
    answers = Answers()
    tries = [
        answers.to("greylist@else.test", mail_from=sender, encrypted=True).reply for sender in ("a@x", "a@x", "b@x")
    ]
    assert [reply is None for reply in tries] == [False, True, False]
