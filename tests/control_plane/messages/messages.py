"""Messages for tests."""


def message(domain: str, **changes: object) -> dict[str, object]:
    """Write a small message from Ann, with some fields changed."""
    return {
        "from": {"email": f"ann@{domain}", "name": "Ann"},
        "to": [{"email": "bob@else.test", "name": "Bob"}],
        "subject": "Hello",
        "text": "Good morning!",
    } | changes
