"""The application for a web server: `gunicorn wsgi:application`; `flask --app wsgi lms …` runs its commands."""

from lms.cli import application as make

application = make()
