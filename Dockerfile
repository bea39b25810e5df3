# Re:pair in a container: `docker build -t repair-bot .`, then
#   docker run -d --restart unless-stopped --env-file .env --read-only --tmpfs /tmp -v repair-bot:/data repair-bot
# Only /data is written to. To see key files, mount the gateway's directory and name it in
# SESSIONS_DIR; the user below must be able to read and rename in it.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /venv && pip install --no-cache-dir uv
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY storage storage
# The versions and hashes of the lock, without the tools that only development needs.
RUN uv pip install --no-cache --python /venv/bin/python --constraint requirements.lock '.[postgres]'

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data repair \
    && install -d -o repair -g repair -m 700 /data
COPY --from=build /venv /venv
USER 10001:10001
# Relative paths, data/repair.db among them, are below /data; matplotlib keeps its fonts in /tmp.
WORKDIR /data
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib
VOLUME /data
# Asks where LISTEN is by default: with another port give --health-cmd, or compose's healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8081/healthz', timeout=4)"]
ENTRYPOINT ["repair-bot"]
