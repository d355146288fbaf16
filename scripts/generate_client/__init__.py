"""Makes the Python client out of the OpenAPI document; `scripts/client` runs it."""

from scripts.generate_client.render import render

__all__ = ["render"]
