"""Makes the Python and the TypeScript client out of the OpenAPI document; `scripts/client` runs it."""

from scripts.generate_client.python import render_python
from scripts.generate_client.typescript import render_typescript

__all__ = ["render_python", "render_typescript"]
