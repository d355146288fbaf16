"""The OpenAPI 3.1 document at /schema/openapi.json, with names that stay as they are."""

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server


def openapi_config(public_url: str) -> OpenAPIConfig:
    """Describe the public API."""
    return OpenAPIConfig(
        title="Fleetpost",
        version="1",
        description="Send and receive mail, manage domains, mailboxes and webhooks.",
        servers=[Server(url=public_url)],
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"key": []}],
        use_handler_docstrings=True,
    )
