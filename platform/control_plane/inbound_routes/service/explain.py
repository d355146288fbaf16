"""Say what would become of a mail: the same decision as for one that comes, and who comes before routes."""

from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode
from control_plane.core.threads import in_thread
from control_plane.inbound_routes.matching import Considered, choose, plain
from control_plane.inbound_routes.queries import routes as queries
from control_plane.inbound_routes.schemas import ConsideredRoute, InboundExplanation, InboundQuestion
from control_plane.inbound_routes.service.view import PREFIX, route_of, rule_of
from control_plane.mail_domains import names
from control_plane.mail_domains import service as mail_domains
from control_plane.messages.addresses import BadAddress, normalise

_MAILBOX = "There is a mailbox of this address, and mailboxes come before routes."
_NO_DOMAIN = "The recipient is not at a proven domain of yours: such mail does not come to you."
_NOBODY = "No route lets it in: the sender is told that there is nobody of this address."
_WINS = "The route {name} is the first that fits."


async def explain(db: Database, question: InboundQuestion) -> InboundExplanation:
    """Explain; raises `Invalid`."""
    try:
        recipient = normalise(question.recipient)
    except BadAddress as error:
        raise Invalid(errors=(FieldError("recipient", str(error)),)) from error
    async with db.tenant_tx() as tx:
        rows = await queries.everyone(tx.connection)
        proven = await mail_domains.proven_names(tx)
        has_mailbox = await queries.has_mailbox(tx.connection, plain(recipient))
    domain = recipient.rpartition("@")[2].lower()
    verdict = await in_thread(choose, list(map(rule_of, rows)), recipient, tuple(question.headers.items()))
    titles = {row.id: row.name for row in rows}
    considered = tuple(_shown(each, titles[each.rule.route_id]) for each in verdict.considered)
    if not any(name in proven for name in (domain, *names.above(domain))):
        return InboundExplanation(outcome="refused", why=_NO_DOMAIN, route=None, considered=considered)
    if has_mailbox:
        return InboundExplanation(outcome="mailbox", why=_MAILBOX, route=None, considered=considered)
    if verdict.winner is None:
        return InboundExplanation(outcome="refused", why=_NOBODY, route=None, considered=considered)
    winner = next(row for row in rows if row.id == verdict.winner.route_id)
    why = _WINS.format(name=winner.name)
    return InboundExplanation(outcome="route", why=why, route=route_of(winner), considered=considered)


def _shown(considered: Considered, name: str) -> ConsideredRoute:
    route_id = encode(PREFIX, considered.rule.route_id)
    return ConsideredRoute(route_id=route_id, name=name, fits=considered.fits, why=considered.why)
