"""Addresses and transaction ids of the common networks: read, tidied, doubted.

Nothing here refuses anything. ``tidy`` takes out of what was typed or pasted what
cannot belong to it; ``doubt_address`` and ``doubt_transaction`` say what seems wrong.
"""

from complaints.chains.doubts import Doubt, doubt_address, doubt_transaction
from complaints.chains.networks import NETWORKS, Network, network_of
from complaints.chains.tidy import plain, tidy

__all__ = [
    "NETWORKS",
    "Doubt",
    "Network",
    "doubt_address",
    "doubt_transaction",
    "network_of",
    "plain",
    "tidy",
]
