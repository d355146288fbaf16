"""What is tried again, when, and what is done once all the same."""

import httpx
import pytest

from fleetpost_client import NEVER, Client, Failed, Refused, Retrying, Unreachable, Unreadable, types
from fleetpost_client.errors import Changed, NotFound, TooMany, Unavailable, refusal
from fleetpost_client.types import Problem

URL = "http://fleetpost.test"
MAIL = types.NewMessage(sender=types.EmailAddress(email="ann@acme.test"), text="Hi")
ACCEPTED = {"id": "msg_1", "recipients": []}


def problem(status: int, code: str = "some_code") -> Problem:
    return Problem(type="about:blank", title="", status=status, detail="Oh.", code=code)


class Server:
    """Answers what it was given, one after the other; an exception is raised on the way."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError, retrying: Retrying | None = None) -> None:
        self._answers = iter(answers)
        self.seen: list[httpx.Request] = []
        self.pauses: list[float] = []
        transport = httpx.MockTransport(self._answer)
        self.client = Client(URL, "fp_x", transport=transport, retrying=retrying, sleep=self.pauses.append)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = next(self._answers)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    @property
    def keys(self) -> list[str | None]:
        return [request.headers.get("idempotency-key") for request in self.seen]


def refused(status: int, code: str = "some_code", **headers: str) -> httpx.Response:
    told = {"type": "about:blank", "title": "", "status": status, "detail": "Oh.", "code": code}
    return httpx.Response(status, json=told, headers={name.replace("_", "-"): text for name, text in headers.items()})


def done() -> httpx.Response:
    return httpx.Response(202, json=ACCEPTED)


def test_what_is_tried_again_keeps_its_key() -> None:
    server = Server(httpx.ReadTimeout("too slow"), refused(503), done())
    assert server.client.send_message(MAIL).id == "msg_1"
    [first, *others] = server.keys
    assert first
    assert others == [first, first]


def test_each_call_has_a_key_of_its_own_and_a_given_one_is_kept() -> None:
    server = Server(done(), done(), done())
    server.client.send_message(MAIL)
    server.client.send_message(MAIL)
    server.client.send_message(MAIL, idempotency_key="order-1")
    assert len(set(server.keys)) == 3
    assert server.keys[2] == "order-1"


def test_without_retries_nothing_is_added_and_nothing_repeated() -> None:
    server = Server(refused(503), retrying=NEVER)
    with pytest.raises(Unavailable):
        server.client.send_message(MAIL)
    assert server.keys == [None]


def test_it_gives_up_after_four_tries_with_the_last_failure() -> None:
    server = Server(*(httpx.ConnectError("away") for _ in range(4)))
    with pytest.raises(Unreachable, match="away"):
        server.client.get_me()
    assert len(server.seen) == 4


def test_pauses_double_and_are_spread() -> None:
    pauses = [Retrying().pause_after(tried, Unreachable(), 1.0) for tried in (1, 2, 3, 4)]
    assert pauses == [0.5, 1.0, 2.0, None]
    assert Retrying().pause_after(1, Unreachable(), 0.0) == 0.25
    assert Retrying(tries=99).pause_after(20, Unreachable(), 1.0) == 8.0


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (refused(429, retry_after="7"), 7.0),
        (refused(503, retry_after="2"), 2.0),
        (refused(429, ratelimit_reset="3"), 3.0),  # a server in between took the other header away
        (refused(409, "idempotency_key_in_use", retry_after="1"), 1.0),
    ],
)
def test_it_waits_for_as_long_as_it_is_asked_to(answer: httpx.Response, pause: float) -> None:
    server = Server(answer, done())
    server.client.send_message(MAIL)
    assert server.pauses == [pause]


def test_it_does_not_wait_for_longer_than_it_has_patience() -> None:
    server = Server(refused(429, retry_after="86400"))
    with pytest.raises(TooMany) as too_many:
        server.client.send_message(MAIL)
    assert too_many.value.retry_after_seconds == 86400
    assert server.pauses == []


@pytest.mark.parametrize("said", ["Wed, 21 Oct 2026 07:28:00 GMT", "-5", "1e9", "nan"])
def test_a_wait_that_makes_no_sense_is_our_own(said: str) -> None:
    answer = refused(503)
    answer.headers["retry-after"] = said
    server = Server(answer, done())
    server.client.send_message(MAIL)
    assert 0.25 <= server.pauses[0] <= 0.5


@pytest.mark.parametrize(
    "failure",
    [refusal(problem(status)) for status in (400, 401, 403, 404, 409, 410, 412, 413, 418, 422, 501)] + [Unreadable()],
    ids=str,
)
def test_what_stays_wrong_is_not_tried_again(failure: Failed) -> None:
    assert Retrying().pause_after(1, failure, 1.0) is None


def test_what_an_earlier_try_deleted_is_deleted() -> None:
    Server(httpx.ReadError("lost"), refused(404)).client.delete_webhook("whk_1")
    with pytest.raises(NotFound):
        Server(refused(404)).client.delete_webhook("whk_1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(412, Changed), (404, NotFound), (429, TooMany), (500, Unavailable), (502, Unavailable), (418, Refused)],
)
def test_a_refusal_has_the_class_of_its_status(status: int, kind: type[Refused]) -> None:
    assert type(refusal(problem(status))) is kind


def test_an_answer_of_another_release_is_said_to_be_one() -> None:
    with pytest.raises(Unreadable, match="update it"):
        Server(httpx.Response(202, json={"id": 5})).client.send_message(MAIL)


def test_what_is_left_of_the_rate_can_be_read() -> None:
    told = {"ratelimit-limit": "50", "ratelimit-remaining": "49", "ratelimit-reset": "2"}
    server = Server(httpx.Response(202, json=ACCEPTED, headers=told))
    assert server.client.rate_limit is None
    server.client.send_message(MAIL)
    assert server.client.rate_limit is not None
    assert (server.client.rate_limit.remaining, server.client.rate_limit.reset_seconds) == (49, 2)
