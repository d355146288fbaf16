"""The renderer of revision 1."""

from tenant_agent.design import Design
from tenant_agent.render import Place, Tree, dovecot, postfix, redis, rspamd


def render(service: str, design: Design, place: Place) -> Tree | None:
    """Give a service's files, or none if it has no place on this node."""
    roles = set(design.node.roles)
    match service:
        case "redis" if roles & {"outbound", "mx"}:
            return redis.render(place.layout, password=place.redis_password)
        case "rspamd-outbound" if "outbound" in roles:
            return rspamd.render_signer(
                place.layout, redis_password=place.redis_password, hostname=design.node.hostname
            )
        case "rspamd" if "mx" in roles:
            return rspamd.render_scanner(place.layout, redis_password=place.redis_password)
        case "postfix":
            return _postfix(design, place)
        case "dovecot" if "mailbox" in roles:
            return dovecot.render(design.node, place.layout, certificate=place.certificate, key=place.key)
        case _:
            return None


def _postfix(design: Design, place: Place) -> Tree:
    return postfix.render(
        design.node,
        place.layout,
        certificate=place.certificate,
        key=place.key,
        shaping=design.shaping,
        walls=place.walls,
    )
