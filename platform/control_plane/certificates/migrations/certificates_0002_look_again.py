"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T05:50:00:000086"
VERSION = "1.38.0"
DESCRIPTION = "look again"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "certificates", Path(__file__).with_name("certificates_0002_look_again.sql"))
