"""Piccolo's view of this feature: its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="suppressions",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    migration_dependencies=["control_plane.tenants.piccolo_app"],
)
