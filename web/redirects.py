"""Where to go after signing in: only to a page of ours, whatever the address asks for."""

from urllib.parse import urlsplit

HOME = "/"
_LONGEST = 2000


def own_path(wanted: str) -> str:
    """Give the path if it is one of this site, else home; browsers read a backslash as `/`."""
    if len(wanted) > _LONGEST:
        return HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:  # brackets that are no address
        return HOME
    foreign = parts.scheme or parts.netloc or not wanted.startswith("/") or wanted.startswith("//")
    if foreign or "\\" in wanted or not wanted.isprintable():
        return HOME
    return wanted
