"""How many mails a second: ``python -m benchmarks.mail``. One process, SQLite.

All of one run: mails read only, mails that open a complaint, mails that answer one,
mails that come again. Their relation says what the register costs on top of reading.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from time import perf_counter

import django
from django.core.management import call_command

Act = Callable[[bytes], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=200, help="of each kind")
    mails = parser.parse_args().mails
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        _prepare(folder)
        _measure(mails)


def _prepare(folder: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    os.environ["VAR_DIR"] = folder
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
    django.setup()
    call_command("migrate", verbosity=0)


def _measure(mails: int) -> None:
    # They read settings, which stand only now.
    from complaints.channels.email.inbound import ACCOUNT, read, receive

    new = [_mail(number) for number in range(mails)]
    base = _report("read only", new, lambda raw: read(raw, ACCOUNT), 0)
    _report("open a complaint", new, _expecting(receive, "opened"), base)
    answers = _answers(mails)
    _report("answer a complaint", answers, _expecting(receive, "appended"), base)
    _report("come again", new, _expecting(receive, "opened"), base)


def _report(name: str, mails: Sequence[bytes], act: Act, base: float) -> float:
    """Print mails a second, and their time as a multiple of ``base``; the seconds."""
    start = perf_counter()
    for raw in mails:
        act(raw)
    each = (perf_counter() - start) / len(mails)
    times = f"{each / base:8.1f} x" if base else ""
    print(f"{name:20} {1 / each:10.0f} mails/s {each * 1000:8.2f} ms {times}")
    return each


def _expecting(receive: Callable[[bytes], object], outcome: str) -> Act:
    """What is timed is checked: a mail that was held would be cheap and wrong."""

    def act(raw: bytes) -> None:
        got = getattr(receive(raw), "outcome", "")
        if got != outcome:
            raise SystemExit(f"A mail was {got} instead of {outcome}.")

    return act


def _answers(mails: int) -> list[bytes]:
    """One answer to each complaint, at the address that its letters carry."""
    from django.conf import settings

    from complaints.channels.email.address import make_reply_address
    from complaints.models import Complaint

    rows = Complaint.objects.order_by("pk").values_list("reference", "customer__email")
    return [
        _mail(
            number,
            make_reply_address(reference, email, "localhost", settings.REPLY_KEY),
        )
        for number, (reference, email) in enumerate(rows[:mails])
    ]


def _mail(number: int, to: str = "complaints@localhost") -> bytes:
    said = "My withdrawal of 1,860 USDT has been pending for three days. " * 12
    return (
        f"From: Ann Smith <ann{number}@customers.example>\r\nTo: {to}\r\n"
        f"Subject: Withdrawal {number}\r\nMessage-ID: <{number}.{to[:8]}@c.example>\r\n"
        "Date: Tue, 17 Nov 2026 10:00:00 +0000\r\n"
        'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{said}\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f"<p>{said}</p>\r\n--b--\r\n"
    ).encode()


if __name__ == "__main__":
    main()
