"""What is written into the one box is understood, or it is said what would be."""

from datetime import UTC, datetime

import pytest

from control_plane.core import ids
from control_plane.core.errors import Invalid
from control_plane.messages.schemas import Filters
from control_plane.messages.search.asked import Asked
from control_plane.messages.search.language import OPERATORS, asked_by

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MESSAGE = ids.new_uuid()
DELIVERY = ids.new_uuid()


def asked(query: str, **filters: object) -> Asked:
    return asked_by(Filters(query=query, **filters), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("Invoice March", {"winvoice", "wmarch"}),
        ('"your invoice"', {"wyour", "winvoice"}),
        ("“your invoice”", {"wyour", "winvoice"}),  # as a phone writes it
        ("subject:Größe", {"wgrosse"}),
        ("to:Bob@Else.test", {"tbob@else.test"}),
        ("to:@else.test", {"t@else.test"}),
        ("to:else.test", {"t@else.test"}),
        ("to:bob@", {"tbob@"}),
        ("to:bob", {"tbob@"}),
        ("to:@bücher.test", {"t@xn--bcher-kva.test"}),
        ("from:ann@acme.test tag:Order", {"fann@acme.test", "gOrder"}),
        ("metadata:order=1", {"morder=1"}),
        ("meta:order:1", {"morder=1"}),
        ('metadata:"order=a b"', {"morder=a b"}),
        ("stream:broadcast", {"sbroadcast"}),
        ("id:<1@desk.test>", {"i1@desk.test"}),
        ("<1@desk.test>", {"i1@desk.test"}),
        ("Re: hello", {"wre", "whello"}),
        ("Smith & Co", {"wsmith", "wco"}),
        ("-", set()),
        ("", set()),
    ],
)
def test_terms(query: str, terms: set[str]) -> None:
    assert asked(query).terms == terms


def test_a_bare_address_may_be_anybodys() -> None:
    found = asked("bob@else.test hello")
    assert found.anywhere == ("bob@else.test",)
    assert set(found.alternatives) == {
        frozenset({"whello", "tbob@else.test"}),
        frozenset({"whello", "fbob@else.test"}),
    }


def test_ids_are_known_by_their_form() -> None:
    message_id, delivery_id = ids.encode("msg", MESSAGE), ids.encode("dlv", DELIVERY)
    for query in (message_id, f"<{message_id}@acme.test>", f"{message_id}@acme.test", f"id:{message_id}"):
        assert asked(query).message_ids == frozenset({MESSAGE}), query
    assert asked(delivery_id).delivery_ids == {DELIVERY}
    assert asked("3tQJt84DsRz3tM").queue_ids <= {"3tQJt84DsRz3tM"}
    assert asked("msg_nonsense").terms == {"wmsg", "wnonsense"}


def test_two_ids_are_no_message() -> None:
    two = f"{ids.encode('msg', MESSAGE)} {ids.encode('msg', DELIVERY)}"
    assert asked(two).message_ids == frozenset()


def test_status_reply_and_time() -> None:
    found = asked('status:Bounced reply:"user unknown" after:7d before:2026-11-20')
    assert (found.status, found.replies) == ("bounced", ("user unknown",))
    assert found.since == datetime(2026, 11, 15, 12, tzinfo=UTC)
    assert found.until == datetime(2026, 11, 20, tzinfo=UTC)


def test_the_narrower_time_counts() -> None:
    found = asked("after:2d after:1d before:1h", since=NOW, until=NOW)
    assert (found.since, found.until) == (NOW, datetime(2026, 11, 22, 11, tzinfo=UTC))


def test_a_time_alone_is_no_search() -> None:
    assert not asked("after:7d").is_search
    assert asked("hello").is_search


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", "There is no “colour:”. There are to:, from:"),
        ("https://acme.test", "goes into quotes"),
        ("status:sent", "none of: accepted"),
        ("status:bounced status:failed", "one status at a time"),
        ("to:a@b@c", "no address"),
        ("to:@", "no address"),
        ("after:yesterday", "no moment"),
        ("subject:!", "neither letters nor digits"),
        ("reply:—", "neither letters nor digits"),
        ("metadata:order", "a name and its value"),
        ("a@x.test b@x.test c@x.test", "all but two"),
        ("a " * 21, "At most 20 parts"),
        ("x" * 501, "At most 500 characters"),
        ("a\0b", "no NUL"),
    ],
)
def test_what_is_not_understood_is_explained(query: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(query)
    [error] = refused.value.errors
    assert error.path == "query"
    assert said.lower() in error.message.lower()


def test_a_parameters_fault_is_at_the_parameter() -> None:
    with pytest.raises(Invalid) as refused:
        asked("", sender="a@b@c")
    assert [error.path for error in refused.value.errors] == ["from"]


def test_each_operators_example_is_understood() -> None:
    for operator in OPERATORS:
        if operator.name != "id":  # its example is cut short
            assert asked(operator.example) != Asked(), operator.name
