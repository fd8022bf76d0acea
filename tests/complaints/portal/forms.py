"""What the tests fill in, question by question."""

from collections.abc import Iterable
from typing import Any

from django.test import Client

SHORT: dict[str, Any] = {
    "at_risk": "no",
    "category": "withdrawals.delayed",
    "subject": "Withdrawal held for nine days",
    "description": "I asked for 1,860.50 USDT on 3 November and nothing came.",
    "points": "It should have been paid at once\nNobody told me why",
    "desired_outcome": "Pay it and the interest.",
    "loss_description": "I missed a purchase.",
    "amount": "１,860.50 ",
    "asset": "usdt",
    "network": "Tron",
    "facts_from": "2026-11-03",
    "facts_until": "2026-11-12",
    "transactions": "9f3c51 aa5a697c\n9f3c51aa5a697c\nb77",
    "orders": "A-1",
    "wallets": "TQ5n8r\u200bW3hkPz",
    "tickets": "T 17",
    "behalf": "self",
}
GUEST = {"name": "Ada Guest", "email": "ada@guests.example", "account_id": "77001"}
NEW = "/complaints/new/"


def key_of(client: Client, path: str) -> str:
    """The hidden key that the page gave."""
    return str(client.get(path).context["form"]["key"].value())


def answer_all(
    client: Client, *, files: Iterable[Any] = (), start: str = "", **changes: Any
) -> Any:
    """Answer every question as this visitor; the answer of the one that refused, or
    the one that leads to the page on which all are checked."""
    data, waiting = {**SHORT, **changes}, list(files)
    first = {**data, "proof": ""}
    answer = client.get(start) if start else client.post(NEW, first)
    while answer.status_code == 302 and not answer["Location"].endswith("/check/"):
        url = answer["Location"]
        if url.endswith("/files/") and waiting:
            answer = client.post(url, {"file": waiting.pop(0), "add": "1"})
        elif url.endswith("/received/"):
            return answer
        elif url.endswith("/mandate/"):
            answer = client.post(url, data)
        else:
            answer = client.post(url, first)
    return answer


def file_short(client: Client, **changes: Any) -> Any:
    """Answer every question and send it; as ``answer_all`` where one is refused."""
    answer = answer_all(client, **changes)
    return client.post(answer["Location"]) if answer.status_code == 302 else answer
