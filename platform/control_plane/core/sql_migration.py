"""A Piccolo migration whose content is a file of SQL, for what Piccolo does not model: partitions, policies, grants."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine.finder import engine_finder

_SEPARATOR = "\n;;\n"


def sql_migration(migration_id: str, app_name: str, path: Path) -> MigrationManager:
    """Run a file's statements, separated by lines that hold only `;;`, in Piccolo's migration transaction."""
    manager = MigrationManager(migration_id=migration_id, app_name=app_name, description=path.stem)

    statements = path.read_text().split(_SEPARATOR)

    async def run() -> None:
        engine = engine_finder()
        assert engine is not None
        for statement in statements:
            await engine.run_ddl(statement)

    manager.add_raw(run)
    return manager
