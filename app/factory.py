"""Builds the application: the only module that knows every feature."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from whitenoise import WhiteNoise

from app import export_files, keys, lead_panels, navigation, notices, reactions, stores
from app.advertising import routes as advertising_routes
from app.assigning import routes as assigning_routes
from app.auth import access, proving
from app.auth import routes as auth_routes
from app.board import routes as board_routes
from app.calls import routes as call_routes
from app.calls import tombstones as call_tombstones
from app.calls.recordings import deleting as recording_deleting
from app.calls.recordings import routes as recording_routes
from app.capture import front as capture_front
from app.capture import routes as capture_routes
from app.commands import leader
from app.connections import routes as connection_routes
from app.conversions import routes as conversion_routes
from app.conversions.files import routes as conversion_file_routes
from app.core import compression, error_pages, events, log, pieces, security, template_filters, tenancy, words
from app.core import notices as core_notices
from app.core.application import Application
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.core.db import db, engine_options, keep_prepared, sqlalchemy_url
from app.core.htmx import htmx
from app.core.queue import Bell
from app.core.services import Services
from app.desk import access as desk_access
from app.desk import routes as desk_routes
from app.exports import files as export_sources
from app.exports import open_routes as archive_routes
from app.exports import routes as export_routes
from app.fields import routes as field_routes
from app.follow_up import routes as follow_up_routes
from app.grants import routes as grant_routes
from app.hooks import routes as hook_routes
from app.imports import routes as import_routes
from app.leads import panels
from app.leads import routes as lead_routes
from app.leads import template_words as lead_words
from app.legal import routes as legal_routes
from app.notifications import routes as notification_routes
from app.onboarding import routes as onboarding_routes
from app.privacy import routes as privacy_routes
from app.privacy import stores as privacy_stores
from app.privacy_requests import routes as privacy_request_routes
from app.public import routes as public_routes
from app.recovery import routes as recovery_routes
from app.reports import counting
from app.reports import routes as report_routes
from app.reports import template_words as report_words
from app.retention import routes as retention_routes
from app.security import routes as security_routes
from app.selection import routes as selection_routes
from app.stages import routes as stage_routes
from app.statistics import routes as statistics_routes
from app.subjects import erasing
from app.subjects import routes as subject_routes
from app.support import routes as support_routes
from app.team import routes as team_routes
from app.two_step import routes as two_step_routes
from app.workspace import routes as workspace_routes

_ROOT = Path(__file__).resolve().parents[1]
_STATIC = _ROOT / "static"
_YEAR = 31_536_000

BLUEPRINTS = (
    public_routes.blueprint,
    auth_routes.blueprint,
    two_step_routes.blueprint,
    recovery_routes.blueprint,
    team_routes.blueprint,
    capture_routes.blueprint,
    hook_routes.blueprint,
    import_routes.blueprint,
    lead_routes.blueprint,
    follow_up_routes.blueprint,
    stage_routes.blueprint,
    field_routes.blueprint,
    assigning_routes.blueprint,
    workspace_routes.blueprint,
    call_routes.blueprint,
    recording_routes.blueprint,
    selection_routes.blueprint,
    board_routes.blueprint,
    connection_routes.blueprint,
    notification_routes.blueprint,
    conversion_routes.blueprint,
    conversion_file_routes.blueprint,
    advertising_routes.blueprint,
    report_routes.blueprint,
    statistics_routes.blueprint,
    subject_routes.blueprint,
    export_routes.blueprint,
    archive_routes.blueprint,
    onboarding_routes.blueprint,
    privacy_request_routes.blueprint,
    legal_routes.blueprint,
    support_routes.blueprint,
    privacy_routes.blueprint,
    security_routes.blueprint,
    retention_routes.blueprint,
    grant_routes.blueprint,
    desk_routes.blueprint,
)


def create_app(settings: Settings) -> Flask:
    """The whole application. Needs no database or Valkey to be built, only to be used."""
    log.configure(settings.log_level)
    version = _static_version()
    app = Application(
        "leader",
        root_path=str(_ROOT),
        static_folder=str(_STATIC),
        static_url_path=f"/static/{version}",
        template_folder=str(_ROOT / "templates"),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=sqlalchemy_url(settings.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    app.jinja_options["auto_reload"] = False
    app.extensions["leader"] = Services(settings, KeyRing(settings.master_keys), Bell(settings.redis_url))
    _install(app, settings)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(compression.packed_copy(_STATIC, version, settings.data_dir)),
        prefix=f"static/{version}/",
        max_age=_YEAR,
        add_headers_function=_static_headers,
    )
    return app


def _install(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        keep_prepared(db.engine)
    session_type = db.session.session_factory
    tenancy.install(session_type)
    app.extensions["leader"].bell.install(session_type)
    events.install(reactions.LOGGED)
    panels.install(lead_panels.TABLE)
    export_sources.install(export_files.TABLE)
    ring = app.extensions["leader"].key_ring
    erasing.install((counting.mark_gone, call_tombstones.eraser(ring), recording_deleting.plan_for_lead))
    privacy_stores.install(stores.TABLE)
    htmx.init_app(app)
    # Before security: a trusted proxy's headers are read in front of it.
    capture_front.install(app, settings, app.extensions["leader"].bell)
    compression.install(app)
    security.install(app, settings)
    error_pages.install(app)
    words.install(app)
    pieces.install(app)
    template_filters.install(app)
    navigation.install(app)
    lead_words.install(app)
    report_words.install(app)
    keys.install(app)
    core_notices.install(app, notices.TABLE)
    proving.install(app)
    access.install(app, guards={desk_routes.blueprint.name: desk_access.guard})
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(leader)
    facts = {"practice": _practice(settings), "is_development": not settings.is_production}
    app.context_processor(lambda: facts)


class Practice(NamedTuple):
    """What the banner says while Leader speaks to the practice Google."""

    url: str
    shop_url: str


def _practice(settings: Settings) -> Practice | None:
    """Nothing in production."""
    return Practice(settings.practice_google_url, settings.demo_shop_url) if settings.is_practice else None


def _static_version() -> str:
    """One short hash over all static files: a change gives every address a new name, so each is kept for a year."""
    digest = hashlib.sha256()
    for path in sorted(_STATIC.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(_STATIC)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _static_headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
