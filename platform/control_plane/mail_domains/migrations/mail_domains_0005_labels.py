"""Runs the SQL file of the same number."""

from pathlib import Path

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from control_plane.core.sql_migration import sql_migration

ID = "2026-11-22T05:02:00:000033"
VERSION = "1.38.0"
DESCRIPTION = "labels"


async def forwards() -> MigrationManager:
    """Apply it."""
    return sql_migration(ID, "mail_domains", Path(__file__).with_name("mail_domains_0005_labels.sql"))
