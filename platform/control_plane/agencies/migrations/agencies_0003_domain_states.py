"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T05:04:00:000084"
VERSION = "1.38.0"
DESCRIPTION = "domain states"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "agencies", Path(__file__).with_name("agencies_0003_domain_states.sql"))
