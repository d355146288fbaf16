"""Piccolo's view of this feature: its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="enforcement",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    migration_dependencies=[
        "control_plane.analytics.piccolo_app",
        "control_plane.bounces.piccolo_app",
        "control_plane.quotas.piccolo_app",
        "control_plane.sandbox.piccolo_app",
    ],
)
