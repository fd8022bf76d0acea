"""What the tests fill in."""

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
}
GUEST = {"name": "Ada Guest", "email": "ada@guests.example", "account_id": "77001"}


def key_of(client: Client, path: str = "/complaints/new/") -> str:
    """The hidden key that the page gave."""
    return str(client.get(path).context["form"]["key"].value())


def file_short(client: Client, **changes: Any) -> Any:
    """Send the short form as this visitor."""
    data = {**SHORT, "key": key_of(client), **changes}
    return client.post("/complaints/new/", data)
