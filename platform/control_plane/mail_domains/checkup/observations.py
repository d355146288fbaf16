"""What was found out about a domain, before anything is said of it."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from control_plane.mail_domains.checkup.chain import ServedChain
from control_plane.mail_domains.checkup.needs import Needs
from control_plane.mail_domains.checkup.policy import PolicyAnswer
from control_plane.mail_domains.checkup.spf.survey import SpfSurvey
from control_plane.mail_domains.resolver import Answer
from control_plane.mail_domains.schemas import ServerAnswer

Question: TypeAlias = tuple[str, str]
"""Name and type."""

_NOT_ASKED = Answer(problem="there was no time left to ask")


class Observations(msgspec.Struct, frozen=True, kw_only=True):
    """The answers to all questions about one domain."""

    needs: Needs
    answers: Mapping[Question, Answer]
    servers: Mapping[Question, list[ServerAnswer]] = {}
    """What each of the zone's own servers says, for the questions that they were asked."""

    spf: Mapping[str, SpfSurvey] = {}
    """What the SPF records of these names do for us."""
    policy: PolicyAnswer | None = None
    """The MTA-STS policy as senders get it; None: it was not asked for."""
    chain: ServedChain | None = None
    """The certificates that our mail exchanger shows; None: it was not asked."""

    is_bogus: bool = False
    """DNS has answers, but its signatures do not hold (RFC 4035 §4.3)."""

    def of(self, name: str, record_type: str) -> Answer:
        """Give an answer; what was not asked is not known."""
        return self.answers.get((name.lower(), record_type), _NOT_ASKED)
