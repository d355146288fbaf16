"""Files as other platforms and spreadsheets write them."""

import pytest

from control_plane.suppressions.import_lines import Defaults, Form, ReadPart, read_part

DEFAULTS = Defaults("manual")


def lines(text: str, form: Form = "csv", defaults: Defaults = DEFAULTS, before: int = 0) -> ReadPart:
    return read_part(text.encode(), form, defaults, None, before)


def test_a_list_of_addresses_alone_is_enough() -> None:
    part = lines("bob@else.test\r\nEve@else.test\n")
    assert [(each.email, each.reason, each.stream) for each in part.entries] == [
        ("bob@else.test", "manual", None),
        ("eve@else.test", "manual", None),
    ]
    assert (part.lines, part.faults) == (2, ())


@pytest.mark.parametrize(
    ("head", "line", "reason"),
    [
        ("email,reason,stream,note", "bob@else.test,complaint,,", "complaint"),
        ("EmailAddress,Origin,SuppressionReason,CreatedAt", "bob@else.test,Recipient,HardBounce,", "hard_bounce"),
        ("email,created,reason,status", "bob@else.test,1443651125,Bounced,5.1.1", "hard_bounce"),
        ("EmailAddress,Reason,LastUpdateTime", "bob@else.test,COMPLAINT,2026-01-01", "complaint"),
        ("\ufeffEmail Address;Reason", "bob@else.test;unsubscribed", "unsubscribe"),
        ("reason,recipient", "SpamComplaint,bob@else.test", "complaint"),
    ],
)  # fmt: skip
def test_what_others_export_is_understood(head: str, line: str, reason: str) -> None:
    [entry] = lines(f"{head}\n{line}\n").entries
    assert (entry.email, entry.reason, entry.source) == ("bob@else.test", reason, "import")


def test_what_a_line_does_not_say_the_request_says() -> None:
    [first, second] = lines(
        "email,reason,stream\nbob@else.test,,\neve@else.test,complaint,transactional\n",
        defaults=Defaults("unsubscribe", "broadcast"),
    ).entries
    assert (first.reason, first.stream) == ("unsubscribe", "broadcast")
    assert (second.reason, second.stream) == ("complaint", "transactional")


def test_json_lines_have_fields() -> None:
    text = '{"email":"bob@else.test","reason":"complaint","note":"a\\nb"}\n{"email":"eve@else.test"}\n'
    [bob, eve] = lines(text, "jsonl").entries
    assert (bob.reason, bob.note, eve.reason) == ("complaint", "a b", "manual")


@pytest.mark.parametrize(
    ("form", "line", "says"),
    [
        ("csv", "bob", "@-sign"),
        ("csv", '"bob@else.test', "quotation marks"),
        ("csv", "bob@else.test,because", "no such reason"),
        ("csv", "bob@else.test,manual,everything", "no such stream"),
        ("csv", "\0", "@-sign"),
        ("jsonl", "bob@else.test", "JSON"),
        ("jsonl", '{"email": 5}', "JSON"),
        ("jsonl", "[" * 50_000, "JSON"),
        ("jsonl", '{"email": "\\ud800@else.test"}', "JSON"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(form: Form, line: str, says: str) -> None:
    good = "bob@else.test" if form == "csv" else '{"email":"bob@else.test"}'
    part = lines(f"{good}\n{line}\n{good}\n", form, before=10)
    [fault] = part.faults
    assert fault.line == 12
    assert says in fault.message
    assert len(part.entries) == 2


def test_columns_hold_for_the_parts_after_the_first() -> None:
    first = lines("reason,email\n")
    assert first.columns == ("reason", "email")
    second = read_part(b"complaint,bob@else.test\n", "csv", DEFAULTS, first.columns, first.lines)
    assert [(each.email, each.reason) for each in second.entries] == [("bob@else.test", "complaint")]


def test_our_own_export_comes_back_with_its_domains() -> None:
    [entry] = lines("email,reason\n'@else.test,manual\n").entries
    assert entry.email == "@else.test"


def test_empty_lines_are_nothing() -> None:
    part = lines("\n\nbob@else.test\n\n")
    assert (len(part.entries), part.faults, part.lines) == (1, (), 4)


def test_bytes_that_are_no_text_harm_only_their_line() -> None:
    part = read_part(b"\xff\xfe\x00\nbob@else.test\n", "csv", DEFAULTS, None, 0)
    assert [each.email for each in part.entries] == ["bob@else.test"]
    assert [each.line for each in part.faults] == [1]
