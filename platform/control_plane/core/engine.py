"""Piccolo's engine without its habit of connecting when it is made, so that an import stays an import."""

from piccolo.engine.postgres import PostgresEngine


class Engine(PostgresEngine):
    """The application role's engine; it opens a pool in `Database.open`, and nothing before that."""

    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url}, extensions=())

    async def check_version(self) -> None:
        """Leave the server's version to the migrations, which use what they need."""

    async def prep_database(self) -> None:
        """Make no extensions: none is used."""
