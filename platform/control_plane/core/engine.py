"""Piccolo's engine without its habit of connecting when it is made, so that an import stays an import."""

from piccolo.engine.postgres import PostgresEngine

_LONGEST = "20s"
"""What a tenant asks for is found by then, or narrowed: it must not keep the database busy for all."""


class Engine(PostgresEngine):
    """The application role's engine; it opens a pool in `Database.open`, and nothing before that."""

    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url, "server_settings": {"statement_timeout": _LONGEST}}, extensions=())

    async def check_version(self) -> None:
        """Leave the server's version to the migrations, which use what they need."""

    async def prep_database(self) -> None:
        """Make no extensions: none is used."""
