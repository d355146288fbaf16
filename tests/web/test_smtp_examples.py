"""Examples that can be pasted as they are."""

import shlex

from web.smtp_examples import access

KEY = "key_06f00000000000000000000a00"


def test_each_says_where_who_and_how() -> None:
    found = access("smtp.fleetpost.test", KEY, ("acme.test",), "fp_secret")
    assert [example.language for example in found.examples] == ["swaks", "Python", "Node.js", "PHP"]
    for example in found.examples:
        for words in ("smtp.fleetpost.test", KEY, "fp_secret", "ann@acme.test", "X-Fleetpost-Tag"):
            assert words in example.text
        assert "{{" not in example.text


def test_the_python_is_python_and_the_command_one_command() -> None:
    swaks, python, *_ = access("smtp.fleetpost.test", KEY).examples
    compile(python.text, "example", "exec")
    words = shlex.split(swaks.text.replace("\\\n", " "))
    assert words[words.index("--header") + 1] == "Subject: Hello"
    assert words[-1] == "It works."


def test_the_secret_is_shown_to_nobody_but_the_server_that_was_meant() -> None:
    """Neither smtplib nor swaks looks at certificates unless it is told to; the other two do."""
    swaks, python, *_ = access("smtp.fleetpost.test", KEY).examples
    assert "--tls-verify" in swaks.text
    assert "context=ssl.create_default_context()" in python.text


def test_a_secret_that_is_not_known_is_left_out() -> None:
    assert all("fp_…" in example.text for example in access("smtp.fleetpost.test", KEY).examples)
