"""What the environment's addresses mean: database, cache, broker and mail.

Nothing else in the project knows which of these it runs on.
"""

from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from config.env import SettingError, parse_url
from config.paths import BASE_DIR, private_dir

SQLITE_OPTIONS = {
    # A deferred transaction that upgrades to a writer fails at once with "database
    # is locked"; taking the lock at BEGIN lets the timeout do its work.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;"
    ),
}
EMBEDDED_POLLING = 0.1  # seconds between two looks into the broker's folder
REDIS_OPTIONS = {
    "visibility_timeout": 900,
    # kombu looks for messages of dead workers every 100 s unless told otherwise.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "global_keyprefix": "recourse:",
}


def database_config(
    url: str,
    *,
    name: str = "DATABASE_URL",
    pool: bool = False,
    read_only: bool = False,
) -> dict[str, Any]:
    """One entry of ``DATABASES``; ``read_only`` has the database refuse every write.

    ``sqlite:///relative``, ``sqlite:////absolute`` and
    ``postgres://user:password@host:port/name?option=value``; without a host the local
    socket. ``pool`` is for servers that answer each request in a thread of its own.
    """
    parts = parse_url(name, url)
    if parts.scheme == "sqlite":
        return _reading_sqlite(parts, name) if read_only else _sqlite(parts, name)
    if parts.scheme in ("postgres", "postgresql"):
        made = _postgres(parts, name, pool)
        return _reading_postgres(made) if read_only else made
    raise SettingError(name, f"scheme {parts.scheme!r} is not sqlite or postgres.")


def _sqlite(url: SplitResult, name: str) -> dict[str, Any]:
    path = unquote(url.path.removeprefix("/"))
    if url.netloc or not path:
        raise SettingError(name, "is not sqlite:///relative or sqlite:////absolute.")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path if path == ":memory:" else str(BASE_DIR / path),
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _reading_sqlite(url: SplitResult, name: str) -> dict[str, Any]:
    """A connection that reads: it takes no lock at BEGIN, and writes are refused."""
    made = _sqlite(url, name)
    made["OPTIONS"] |= {
        "transaction_mode": "DEFERRED",
        "init_command": f"{SQLITE_OPTIONS['init_command']}PRAGMA query_only=ON;",
    }
    return made


def _reading_postgres(made: dict[str, Any]) -> dict[str, Any]:
    """Whatever the role may do, no transaction of this connection writes."""
    said = made["OPTIONS"].get("options", "")
    read_only = "-c default_transaction_read_only=on"
    made["OPTIONS"]["options"] = f"{said} {read_only}".strip()
    return made


def _postgres(url: SplitResult, name: str, pool: bool) -> dict[str, Any]:
    database = unquote(url.path.removeprefix("/"))
    if not database:
        raise SettingError(name, "names no database.")
    options: dict[str, Any] = {"connect_timeout": 5, **dict(parse_qsl(url.query))}
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", unquote(url.hostname or "")),
        "PORT": str(url.port or ""),
        "OPTIONS": options,
        # A pooled connection goes back at the end of the request.
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": True,
    }


def cache_config(redis_url: str, folder: Path) -> dict[str, Any]:
    """The default cache: Redis, or files, since rate limits span processes."""
    if redis_url:
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
            "KEY_PREFIX": "recourse",
            "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
        }
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(folder),
        # The stock 300 would let an attacker push the counters out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }


def channel_layer(redis_url: str) -> dict[str, Any]:
    """What tells sockets that there is something new: Redis, or this process alone.

    By publishing: one connection hears for all sockets of a process, and none of them
    waits in a blocking read, which outlives its socket by seconds.
    """
    if not redis_url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    host = {"address": redis_url, "socket_connect_timeout": 3}
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [host], "prefix": "recourse-chat"},
    }


def broker_options(broker_url: str, folder: Path) -> dict[str, Any]:
    """Celery's transport options for ``broker_url``; makes the folders it needs."""
    scheme = broker_url.partition(":")[0]
    if scheme in ("redis", "rediss"):
        return dict(REDIS_OPTIONS)
    if scheme != "filesystem":
        return {}
    queue, control = private_dir(folder / "queue"), private_dir(folder / "control")
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": EMBEDDED_POLLING,
    }


def email_config(url: str, *, name: str = "EMAIL_URL") -> dict[str, Any]:
    """Django's ``EMAIL_*`` settings.

    ``smtp://user:password@host:port?tls=1``, ``smtps://…``, ``file:///folder``,
    ``console:`` or ``memory:``.
    """
    parts = parse_url(name, url)
    backend = "django.core.mail.backends.{}.EmailBackend"
    if parts.scheme in ("console", "memory"):
        kind = "console" if parts.scheme == "console" else "locmem"
        return {"EMAIL_BACKEND": backend.format(kind)}
    if parts.scheme == "file":
        folder = private_dir(Path(unquote(parts.path)))
        return {
            "EMAIL_BACKEND": backend.format("filebased"),
            "EMAIL_FILE_PATH": str(folder),
        }
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise SettingError(
            name, "is not smtp://host, smtps://host, file:/// or console:"
        )
    return {"EMAIL_BACKEND": backend.format("smtp"), **_smtp(parts)}


def _smtp(url: SplitResult) -> dict[str, Any]:
    secure = url.scheme == "smtps"
    tls = dict(parse_qsl(url.query)).get("tls", "0") == "1"
    return {
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or (465 if secure else 587 if tls else 25),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": tls and not secure,
        "EMAIL_TIMEOUT": 20,
    }
