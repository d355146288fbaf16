"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-23T09:40:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "message bytes"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "quotas", Path(__file__).with_name("quotas_0004_message_bytes.sql"))
