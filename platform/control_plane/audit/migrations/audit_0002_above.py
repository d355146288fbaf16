"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T01:00:00:000051"
VERSION = "1.38.0"
DESCRIPTION = "above"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "audit", Path(__file__).with_name("audit_0002_above.sql"))
