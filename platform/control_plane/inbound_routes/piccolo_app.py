"""Piccolo's view of this feature: its migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

APP_CONFIG = AppConfig(
    app_name="inbound_routes",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    migration_dependencies=[
        "control_plane.mail_domains.piccolo_app",
        "control_plane.webhooks.piccolo_app",
        "control_plane.inbound.piccolo_app",
        "control_plane.deliveries.piccolo_app",
    ],
)
