"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-23T07:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "oldest"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "deliveries", Path(__file__).with_name("deliveries_0007_oldest.sql"))
