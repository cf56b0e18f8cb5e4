"""The roof: the one module that knows every domain and builds the application from them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from importlib import import_module

from flask import Flask, g
from flask_login import LoginManager
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import config as configuration
from lms.accounts import views as accounts_views, web as accounts_web
from lms.administration import views as administration_views
from lms.authoring import views as authoring_views
from lms.classroom import views as classroom_views
from lms.core import db as database, keys
from lms.core.db import db
from lms.core.uploads import folder as uploads_folder
from lms.core.web import actions, failures, health, identity, logs, pages, security, small_numbers, static
from lms.enrolling import views as enrolling_views
from lms.lib import clock
from lms.reports import views as reports_views
from lms.teaching import views as teaching_views

#: Every module with tables, so that migrations and the registers see all of them.
MODELS = tuple(
    f"lms.{name}" for name in (
        "core.audit", "core.jobs", "core.notices", "core.operations", "core.uploads.models", "regions.models",
        "accounts.models", "programs.models", "cohorts.models", "completion.models", "lessons.models", "quizzes.models",
        "workshops.models",
    )
)
#: Every module with daily work for the runner.
DAILY = (
    "lms.accounts.tries", "lms.cohorts.moving", "lms.core.uploads.sweeping", "lms.quizzes.closing",
    "lms.reminders.reminding",
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
    logs.install()
    _configure_keys(config)
    uploads_folder.install(config.instance)
    clock.set_offset(clock.parse_clock(config.clock) if config.clock else timedelta())
    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
    if config.proxies:
        # Without this every visitor would seem to come from the proxy, and be slowed down together.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=0)  # type: ignore[method-assign]
    _configure_web(app)
    _register_domains(app)
    actions.check_routes(app)
    return app


def _configure_keys(config: configuration.Config) -> None:
    if not config.key_file.exists() and config.env != "production":
        keys.create_key_file(config.key_file, purpose="demo")
    if config.env == "production" and (problem := keys.key_file_problem(config.key_file)):
        raise configuration.ConfigProblem(problem)
    try:
        keys.install(keys.read_key_file(config.key_file))
    except ValueError as problem:
        raise configuration.ConfigProblem(str(problem)) from problem


def _configure_web(app: Flask) -> None:
    @app.before_request
    def name_the_request() -> None:
        g.request_id = uuid.uuid4().hex[:12]

    # The language comes first: a request that is refused at the door is answered in it too.
    pages.init_app(app)
    assets = static.init_app(app)
    style = assets.by_name["sanggar.css"].body.decode()
    security.init_app(app, inline_style=style)
    # Our own file, sent as it is: the policy names the hash of these very bytes.
    app.jinja_env.globals["inline_style"] = Markup(style)  # noqa: S704
    failures.init_app(app)
    small_numbers.init_app(app)
    # Templates ask `visitor()`; without its own variable Flask-Login costs a page nothing.
    login = LoginManager(app, add_context_processor=False)
    login.request_loader(lambda _request: identity.visitor())
    app.before_request(accounts_web.load_visitor)
    app.after_request(accounts_web.refresh_cookie)


def _register_domains(app: Flask) -> None:
    for module in (*MODELS, *DAILY):
        import_module(module)
    app.register_blueprint(health.bp)
    app.register_blueprint(accounts_views.bp)
    app.register_blueprint(classroom_views.bp)
    app.register_blueprint(authoring_views.bp)
    for desk in (teaching_views, enrolling_views, reports_views, administration_views):
        app.register_blueprint(desk.bp)


__all__ = ["create_app"]
