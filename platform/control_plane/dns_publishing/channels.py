"""What is signalled about publications; open pages listen."""


def of_publication(public_id: str) -> str:
    """Name the channel on which a publication's progress is told; it takes the id that others know (`pub_…`)."""
    return f"publication:{public_id}"
