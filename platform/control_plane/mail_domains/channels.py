"""What is signalled about domains; open pages listen."""


def of_domain(public_id: str) -> str:
    """Name the channel on which a domain's change is told; it takes the id that others know (`dom_…`)."""
    return f"domain:{public_id}"
