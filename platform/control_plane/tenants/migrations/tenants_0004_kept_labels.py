"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T05:55:00:000087"
VERSION = "1.38.0"
DESCRIPTION = "kept labels"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "tenants", Path(__file__).with_name("tenants_0004_kept_labels.sql"))
