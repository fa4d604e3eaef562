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
COPY pyproject.toml constraints.txt LICENSE README.md wsgi.py ./
COPY jobs jobs
COPY docs/figures.md docs/figures.md
COPY launcher launcher
COPY sql sql
COPY templates templates
COPY webapp webapp
# Editable, because templates and SQL are found beside the package.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --constraint constraints.txt --editable .
COPY --from=assets /app/webapp/static webapp/static

FROM python:3.11-slim-trixie
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin trackpulse
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
