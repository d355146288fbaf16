"""Piccolo's view of this feature: its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="deliveries",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    migration_dependencies=[
        "control_plane.ip_pools.piccolo_app",
        "control_plane.messages.piccolo_app",
        "control_plane.nodes.piccolo_app",
        "control_plane.plans.piccolo_app",
    ],
)
