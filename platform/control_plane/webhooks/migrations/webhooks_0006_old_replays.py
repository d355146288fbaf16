"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-23T02:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "old replays"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "webhooks", Path(__file__).with_name("webhooks_0006_old_replays.sql"))
