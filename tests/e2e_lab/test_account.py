"""Taking stock of very many messages: every way in which two accounts can differ is counted."""

import msgspec
import pytest

from e2e.lab.account import Evidence, Stored, facts_of, take_stock
from e2e.lab.fates import Call, Said, address, fate_of

ANN, BEN, CLO, DAN, EVE = "ann@x", "ben@x", "clo@x", "dan@x", "eve@x"
SAID = [
    Said(ANN, 250),
    Said(BEN, 550),
    Said(CLO, 451),
    Said(CLO, 250),
    Said(DAN, 250),
    Said(DAN, 250, "bounce"),
    Said(EVE, 250),
    Said(EVE, 250, "complaint"),
]
STATES = [(ANN, "delivered"), (BEN, "bounced"), (CLO, "delivered"), (DAN, "bounced"), (EVE, "complained")]
STORIES = {
    ANN: ["accepted", "queued", "delivered"],
    BEN: ["accepted", "queued", "bounced"],
    CLO: ["accepted", "queued", "deferred", "delivered"],
    DAN: ["accepted", "queued", "delivered", "bounced"],
    EVE: ["accepted", "queued", "delivered", "complained"],
}
STORED = {f"evt_{who}_{kind}": Stored(kind, who) for who, kinds in STORIES.items() for kind in kinds}
CALLED = [Call(event_id, signed=True) for event_id in STORED]


@pytest.fixture
def evidence() -> Evidence:
    return Evidence(
        people=[ANN, BEN, CLO, DAN, EVE],
        said=SAID,
        states=STATES,
        stored=STORED,
        called=[*CALLED, CALLED[0]],
        read=["evt_of_others", *STORED],
        seconds=2.0,
    )


def test_accounts_that_agree_leave_nothing_amiss(evidence: Evidence) -> None:
    account = take_stock(evidence)
    assert account.amiss == 0, account
    assert (account.delivered, account.bounced, account.complained, account.deferrals) == (2, 2, 1, 1)
    assert (account.webhook_repeated, account.messages_per_s) == (1, 2.5)


@pytest.mark.parametrize(
    ("change", "amiss"),
    [
        ({"said": SAID[1:]}, {"lost": 1, "states_differing": 2, "stories_differing": 1}),
        ({"said": [*SAID, Said(ANN, 250)]}, {"duplicated": 1}),
        ({"said": [each for each in SAID if each.code != 451]}, {"stories_differing": 1}),
        ({"states": [(ANN, "bounced"), *STATES[1:]]}, {"states_differing": 2}),  # one is missing, one too many
        ({"states": STATES[1:]}, {"states_differing": 1}),
        ({"states": [*STATES, STATES[0]]}, {"states_differing": 1}),
        (
            {"stored": STORED | {"evt_x": Stored("delivered", ANN)}},
            {"stories_differing": 1, "webhook_missing": 1, "cursor_missing": 1},
        ),
        ({"called": CALLED[1:]}, {"webhook_missing": 1}),
        ({"read": list(STORED)[1:]}, {"cursor_missing": 1}),
        ({"read": [*STORED, *list(STORED)[:2]]}, {"cursor_repeated": 2}),
        ({"called": [*CALLED, Call(CALLED[0].id, signed=False)]}, {"webhook_unsigned": 1}),
    ],
)
def test_whatever_differs_is_counted(evidence: Evidence, change: dict[str, object], amiss: dict[str, int]) -> None:
    account = take_stock(msgspec.structs.replace(evidence, **change))
    counted = {name: getattr(account, name) for name in amiss}
    assert counted == amiss
    assert account.amiss == sum(amiss.values()), account


def test_what_was_refused_when_it_was_sent_back_counts_as_never_sent() -> None:
    (fact,) = facts_of([Said(DAN, 250), Said(DAN, 550, "bounce")]).values()
    assert fact.state == "delivered"


@pytest.mark.parametrize("fate", ["taken", "refused", "later", "returned", "complained"])
def test_an_address_bears_its_fate(fate: str) -> None:
    assert fate_of(address("tag", 17, fate)) == fate  # type: ignore[arg-type]
    assert fate_of("bob@bulk.test") == "taken"
