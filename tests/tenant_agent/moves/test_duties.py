"""What a move asks of a node, and which moves are refused before they ask anything."""

from pathlib import Path

import pytest

from tenant_agent.identifiers import Unfit
from tenant_agent.moves.duties import check_move, closed, duty_of
from tests.tenant_agent.moves.pair import ANN, move
from tests.tenant_agent.samples import mailbox

STORE = Path("/var/vmail")


@pytest.mark.parametrize(
    ("role", "kept_by", "pushes", "takes"),
    [
        ("source", "nod_a", True, False),
        ("source", "nod_b", False, False),  # it has been switched, and the move is yet to be withdrawn
        ("target", "nod_b", False, True),
        ("target", "nod_a", False, False),  # it is kept here by now: nobody overwrites it
    ],
)
def test_only_the_node_that_keeps_a_mailbox_pushes_and_only_another_takes(
    role: str, kept_by: str, *, pushes: bool, takes: bool
) -> None:
    duty = duty_of(move(role=role), mailbox(ANN, node_id=kept_by), node_id="nod_a", mail_store=STORE)
    assert duty is not None
    assert (duty.pushes, duty.takes) == (pushes, takes)
    assert duty.home == STORE / "200001/acme.test/ann"


def test_nothing_is_done_for_an_address_that_is_another_tenants_by_now() -> None:
    assert duty_of(move(), mailbox(ANN, system_uid=200_002), node_id="nod_a", mail_store=STORE) is None
    assert duty_of(move(), None, node_id="nod_a", mail_store=STORE) is None


def test_mailboxes_are_closed_where_their_last_pass_is_made() -> None:
    assert closed([move(phase="final")]) == {ANN}
    assert not closed([move(), move(role="target", phase="final")])


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "../../etc@acme.test"},
        {"address": "ann"},
        {"address": "-u@acme.test"},
        {"system_uid": 0},
        {"move_id": "../x"},
        {"peer_node_id": ""},
        {"number": 0},
    ],
)
def test_what_could_lead_elsewhere_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Unfit):
        check_move(move(**changes))
