"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T12:08:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "called back"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "quotas", Path(__file__).with_name("quotas_0003_called_back.sql"))
