# One image for the site, the workers, the scheduler and the migration; docker-compose.yml says which runs what.

# The scripts and styles. Tailwind reads the templates to see which styles are used.
FROM node:24.19.0-slim AS assets
WORKDIR /app/webapp/assets
COPY webapp/assets/package.json ./
RUN npm install --no-package-lock --no-audit --no-fund --ignore-scripts
COPY webapp/assets ./
COPY templates /app/templates
RUN npm run build

FROM python:3.11-slim-trixie AS build
WORKDIR /app
COPY CHANGELOG.md constraints.txt LICENSE pyproject.toml README.md setup.py wsgi.py ./
COPY docs/__init__.py docs/figures.md docs/chart-figures.md docs/
COPY jobs jobs
COPY launcher launcher
COPY sql sql
COPY templates templates
COPY webapp webapp
COPY --from=assets /app/webapp/static webapp/static
# Without the sources of the assets, the wheel takes what the first stage built.
RUN rm -r webapp/assets \
    && python -m pip wheel --no-cache-dir --no-deps --wheel-dir dist . \
    && python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --constraint constraints.txt dist/*.whl

FROM python:3.11-slim-trixie
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin trackpulse
COPY --from=build /opt/venv /opt/venv
# Empty: Python looks for modules in the current directory first.
WORKDIR /app
USER 10001:10001
