"""What operators read when a node is lost."""

from datetime import UTC, datetime
from gettext import NullTranslations

import msgspec

from control_plane.notices.letters import letter_of
from control_plane.notices.schemas import NodeSilent


def test_it_names_the_node_since_when_it_is_silent_and_what_to_look_at() -> None:
    notice = NodeSilent(path="/operator/nodes/nod_1", node="n1", last_seen_at=datetime(2026, 11, 22, 9, 5, tzinfo=UTC))
    letter = letter_of(notice, NullTranslations())
    assert letter.subject == "Node n1 is lost"
    assert "2026-11-22 09:05 UTC" in letter.paragraphs[0]
    assert "fleetpost-agent check" in " ".join(letter.paragraphs)
    assert letter.path == "/operator/nodes/nod_1"
    assert msgspec.json.decode(msgspec.json.encode(notice), type=NodeSilent) == notice
