"""Filing by live chat: a customer at the page, an agent at the desk, one press."""

from appeals.demo.visitor import DoorClosed
from appeals.demo.way import Walk
from complaints.channels.chat.models import Conversation

DESK = "/admin/chat/conversation/"
PAGE = "/chat/"


def file(walk: Walk) -> str:
    """A talk between both, kept as a complaint; its receipt is read in the chat."""
    agent, customer = walk.by("support"), walk.by("customer")
    agent.submit(DESK, on="on", capacity="3")
    customer.submit(PAGE, text=walk.filing["description"])
    talk = Conversation.objects.filter(user=customer.user).latest("pk")
    there = f"{DESK}{talk.pk}/change/"
    agent.submit(there, take="1")
    agent.submit(there, text="Thank you. Did you see the address before?")
    customer.submit(PAGE, text="No, never.")
    agent.submit(there, keep="1")
    walk.relay()
    talk.refresh_from_db()
    walk.case = talk.complaint
    _ask_receipt(walk)
    return "customer (chat), support"


def _ask_receipt(walk: Walk) -> None:
    """The number and the receipt stand in the conversation itself."""
    receipt = walk.complaint.letters.get(kind="receipt")
    page = walk.by("customer").read(PAGE)
    for said in (walk.complaint.reference, receipt.subject):
        if said not in page:
            raise DoorClosed(f"the chat does not say {said!r}")
