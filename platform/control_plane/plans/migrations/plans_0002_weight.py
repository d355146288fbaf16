"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T09:08:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "weight"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "plans", Path(__file__).with_name("plans_0002_weight.sql"))
