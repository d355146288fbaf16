import pytest

from control_plane.inbound_routes.reading.reply import reply_of


@pytest.mark.parametrize(
    "old",
    [
        "On Sat, Nov 21, 2026 at 9:00 AM Shop <shop@acme.test> wrote:\n> It is sent.",
        "On Sat, Nov 21, 2026 at 9:00 AM Shop\n<shop@acme.test> wrote:\n> It is sent.",
        "Am 21.11.2026 um 09:00 schrieb Shop:\n> Es ist unterwegs.",
        "Le 21 nov. 2026 à 9:00, Shop <shop@acme.test> a écrit :\n> C'est parti.",
        "-----Original Message-----\nFrom: Shop\nIt is sent.",
        "________________________________\nFrom: Shop\nSent: Saturday\nIt is sent.",
        "From: Shop <shop@acme.test>\nSent: Saturday, November 21, 2026 9:00 AM\nTo: Bob\nIt is sent.",
        "> It is sent.",
        "-- \nBob\nElse Ltd.",
        "Sent from my phone",
    ],
)
def test_what_is_old_is_left_out(old: str) -> None:
    assert reply_of(f"It has not come.\n\nWhere is it?\n\n{old}\n") == "It has not come.\n\nWhere is it?"


def test_answers_between_the_lines_stay() -> None:
    text = "> When did you order?\nOn Monday.\n> Which colour?\nBlue."
    assert reply_of(text) == text


def test_a_mail_that_only_quotes_is_given_whole() -> None:
    assert reply_of("> all of it\n") == "> all of it"


@pytest.mark.parametrize("text", ["", "Hello", "I wrote: nothing else", "From: here to there"])
def test_what_is_not_known_for_old_stays(text: str) -> None:
    assert reply_of(text) == text
