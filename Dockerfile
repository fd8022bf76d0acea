FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim
# What letters become PDFs with: the library that sets them, and their fonts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk libpango-1.0-0 \
       libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/recourse
RUN useradd --system --uid 10001 --home-dir /var/lib/recourse recourse \
    && install -d -m 0700 -o recourse -g recourse /var/lib/recourse
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Collecting asks for settings, not for secrets; these are gone with the layer's shell.
RUN python -m config.messages && key="build-time-only-0123456789-abcdefghijklmnopqrstuvwxyz" \
    && SECRET_KEY=$key LEDGER_KEY=$key SIGNING_KEY=$key REPLY_KEY=$key \
       ALLOWED_HOSTS=build.invalid VAR_DIR=/tmp/build \
       python manage.py collectstatic --noinput && rm -rf /tmp/build
USER recourse
VOLUME /var/lib/recourse
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-m", "config.probe"]
CMD ["gunicorn", "config.asgi:application", "--worker-class", "asgi", "--workers", "2", \
     "--bind", "0.0.0.0:8000", "--no-control-socket", "--max-requests", "10000", \
     "--max-requests-jitter", "1000", "--websocket-max-message-size", "100000"]
