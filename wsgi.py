"""What a web server loads: `gunicorn wsgi:app`."""

from webapp import create_app

app = create_app()
