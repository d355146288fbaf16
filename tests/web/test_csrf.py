"""A token is worth something only as it was made, with its own session and secret."""

from web.csrf import is_genuine, mint

SECRET, OTHER_SECRET = "00" * 32, "11" * 32


def test_a_minted_token_is_genuine() -> None:
    assert is_genuine(mint(SECRET, "session"), SECRET, "session")


def test_two_tokens_differ() -> None:
    assert mint(SECRET, "session") != mint(SECRET, "session")


def test_a_token_from_before_sign_in_is_worth_nothing_after_it() -> None:
    assert not is_genuine(mint(SECRET, ""), SECRET, "session")


def test_a_token_signed_with_another_secret_is_refused() -> None:
    assert not is_genuine(mint(OTHER_SECRET, "session"), SECRET, "session")


def test_an_altered_or_malformed_token_is_refused() -> None:
    token = mint(SECRET, "session")
    for wrong in ("", ".", token[:-1], "x" + token, token.replace(".", ""), "ä.ö"):
        assert not is_genuine(wrong, SECRET, "session")
