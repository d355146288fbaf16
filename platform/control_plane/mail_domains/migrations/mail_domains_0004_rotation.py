"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T04:35:00:000032"
VERSION = "1.38.0"
DESCRIPTION = "rotation"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "mail_domains", Path(__file__).with_name("mail_domains_0004_rotation.sql"))
