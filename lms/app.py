"""The roof: the one module that knows every domain and builds the application from them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from importlib import import_module

from flask import Flask, g
from flask_login import LoginManager
from markupsafe import Markup

from lms import config as configuration
from lms.accounts import views as accounts_views, web as accounts_web
from lms.core import db as database, keys
from lms.core.db import db
from lms.core.web import actions, failures, identity, pages, security, static
from lms.lib import clock

#: Every module with tables, so that migrations and the registers see all of them.
MODELS = tuple(
    f"lms.{name}" for name in (
        "core.audit", "core.jobs", "core.notices", "core.operations", "regions.models", "accounts.models",
        "programs.models", "cohorts.models", "completion.models", "lessons.models", "quizzes.models",
    )
)
#: Larger requests are refused before they are read.
LONGEST_REQUEST = 2 * 1024 * 1024


def create_app(config: configuration.Config | None = None) -> Flask:
    """Build the application. Raises `ConfigProblem` with sentences that say what to do."""
    config = config or configuration.load()
    if problems := config.problems():
        raise configuration.ConfigProblem("\n".join(problems))
    config.instance.mkdir(parents=True, exist_ok=True)
    app = Flask("lms", static_folder=None, template_folder="templates", instance_path=str(config.instance))
    app.extensions["lms.config"] = config
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(config.database_url),
        MAX_CONTENT_LENGTH=LONGEST_REQUEST, MAX_FORM_MEMORY_SIZE=LONGEST_REQUEST, MAX_FORM_PARTS=2000,
        TESTING=config.env == "testing",
    )
    _configure_keys(config)
    clock.set_offset(clock.parse_clock(config.clock) if config.clock else timedelta())
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
    _configure_web(app)
    _register_domains(app)
    actions.check_routes(app)
    return app


def _configure_keys(config: configuration.Config) -> None:
    if not config.key_file.exists() and config.env != "production":
        keys.create_key_file(config.key_file)
    keys.install(keys.read_key_file(config.key_file))


def _configure_web(app: Flask) -> None:
    @app.before_request
    def name_the_request() -> None:
        g.request_id = uuid.uuid4().hex[:12]

    assets = static.init_app(app)
    style = assets.by_name["sanggar.css"].body.decode()
    security.init_app(app, inline_style=style)
    # Our own file, sent as it is: the policy names the hash of these very bytes.
    app.jinja_env.globals["inline_style"] = Markup(style)  # noqa: S704
    pages.init_app(app)
    failures.init_app(app)
    login = LoginManager(app)
    login.request_loader(lambda _request: identity.visitor())
    app.before_request(accounts_web.load_visitor)
    app.after_request(accounts_web.refresh_cookie)


def _register_domains(app: Flask) -> None:
    for module in MODELS:
        import_module(module)
    app.register_blueprint(accounts_views.bp)


__all__ = ["create_app"]
