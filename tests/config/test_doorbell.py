"""Asking for attention without waiting for it."""

import os
import threading
import time

import pytest

from config.doorbell import Doorbell


def test_ring_sends_from_another_thread() -> None:
    sent: list[tuple[str, int]] = []
    bell = Doorbell(lambda name: sent.append((name, threading.get_ident())))

    bell.ring("relay")

    assert bell.wait(5)
    assert sent[0][0] == "relay"
    assert sent[0][1] != threading.get_ident()


def test_ring_never_waits_and_never_raises_when_sending_hangs() -> None:
    release = threading.Event()
    bell = Doorbell(lambda _: release.wait(10))

    start = time.monotonic()
    for _ in range(1000):
        bell.ring("relay")

    assert time.monotonic() - start < 1
    assert not bell.wait(0.01)
    release.set()


def test_ring_many_while_one_is_sent_makes_one_more() -> None:
    begun, release, sent = threading.Event(), threading.Event(), []

    def send(name: str) -> None:
        sent.append(name)
        begun.set()
        release.wait(10)

    bell = Doorbell(send)
    bell.ring("relay")
    begun.wait(5)
    for _ in range(100):
        bell.ring("relay")
    release.set()

    assert bell.wait(5)
    assert sent == ["relay", "relay"]


def test_ring_after_a_failure_is_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []

    def send(name: str) -> None:
        calls.append(name)
        if len(calls) == 1:
            raise ConnectionRefusedError("no broker")

    bell = Doorbell(send, patience=0.01)
    bell.ring("relay")
    assert bell.wait(5)
    bell.ring("relay")

    assert bell.wait(5)
    assert calls == ["relay", "relay"]
    assert "relay was not woken, Beat will see to it: no broker" in caplog.text


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_ring_in_a_forked_process_is_sent() -> None:
    sent: list[str] = []
    bell = Doorbell(sent.append)
    bell.ring("parent")
    assert bell.wait(5)

    child = os.fork()
    if child == 0:
        bell.ring("child")
        os._exit(0 if bell.wait(5) and sent == ["parent", "child"] else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
