"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T11:01:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "in force"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "shaping", Path(__file__).with_name("shaping_0002_in_force.sql"))
