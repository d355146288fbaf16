"""What was found out about a domain, before anything is said of it."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from control_plane.mail_domains.checkup.needs import Needs
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.schemas import ServerAnswer

Question: TypeAlias = tuple[str, str]
"""Name and type."""


class Observations(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to all questions about one domain."""

    needs: Needs
    answers: Mapping[Question, Answer]
    servers: Mapping[Question, list[ServerAnswer]] = {}
    """What each of the zone's own servers says, for the questions that they were asked."""

    def of(self, name: str, record_type: str) -> Answer:
        """Give an answer; what was not asked is not known."""
        return self.answers.get((name, record_type), Answer(problem="not asked"))
