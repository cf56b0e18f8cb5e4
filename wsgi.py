"""The application for a web server: `gunicorn wsgi:application`; `flask --app wsgi lms …` runs its commands."""

from lms.app import create_app

application = create_app()
