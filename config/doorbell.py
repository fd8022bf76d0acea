"""Asking for attention without waiting for it."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Doorbell:
    """Hands names to ``send`` from a thread of its own, each name once while it waits.

    With a broker that is down, sending takes six to ten seconds even without retries
    (tried with Redis refused and Redis stopped); whoever rings must not pay for that.
    After a failure the bell is left alone for ``patience`` seconds.
    """

    def __init__(self, send: Callable[[str], object], patience: float = 10.0) -> None:
        self._send = send
        self._patience = patience
        self._names: set[str] = set()
        self._news = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def ring(self, name: str) -> None:
        """Never raises and never waits for ``send``."""
        with self._news:
            self._names.add(name)
            # A forked process inherits the bell but not its thread.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._serve, daemon=True)
                self._thread.start()
            self._news.notify_all()

    def wait(self, seconds: float) -> bool:
        """Until all has been sent, ``seconds`` at most; whether it has."""
        with self._news:
            return self._news.wait_for(self._is_idle, seconds)

    def _is_idle(self) -> bool:
        return not self._names and not self._busy

    def _serve(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: bool(self._names))
                name, self._busy = self._names.pop(), True
            failed = not self._deliver(name)
            with self._news:
                self._busy = False
                self._news.notify_all()
            if failed:
                time.sleep(self._patience)

    def _deliver(self, name: str) -> bool:
        try:
            self._send(name)
        except Exception as error:  # whatever it is, the thread has to live on
            logger.warning("%s was not woken, Beat will see to it: %s", name, error)
            return False
        return True
