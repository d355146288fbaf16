"""Which domain an organisation registered, and so where policies are inherited from (RFC 7489 §3.2)."""

from functools import lru_cache

import tldextract

# The list of public suffixes that comes with the package: nothing is fetched, and nothing is written to a disk.
_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


@lru_cache(maxsize=4096)
def organisational_domain(name: str) -> str:
    """Give the registered domain that a name belongs to; the name itself if it is a public suffix."""
    found = _extract(name)
    if found.suffix:
        return f"{found.domain}.{found.suffix}" if found.domain else name
    return ".".join(name.split(".")[-2:])  # a top level that is not on the list: one label below it
