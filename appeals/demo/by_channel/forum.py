"""Filing by the community: a customer asks on the board, the desk lets it be shown,
and its author makes it a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appeals.demo.visitor import DoorClosed
from complaints.channels.forum.models import Category, Post
from complaints.models import Complaint

if TYPE_CHECKING:
    from appeals.demo.way import Walk

BOARD = "/community/"


def file(walk: Walk) -> str:
    """Nickname, question, approval, one press; the receipt is read in the notes."""
    customer = walk.by("customer")
    if "/join/" in _lands(walk):
        customer.submit(f"{BOARD}join/", nickname="nordlicht")
    part = Category.objects.get(code="account-security")
    customer.submit(
        f"{BOARD}new/",
        category=str(part.pk),
        title=walk.filing["subject"],
        text=walk.filing["description"],
    )
    post = Post.objects.filter(author__user=customer.user).latest("pk")
    walk.by("support").submit(f"/admin/forum/post/{post.pk}/change/", step="approve")
    customer.submit(f"{BOARD}posts/{post.pk}/complain/")
    walk.case = Complaint.objects.get(raw_messages__board_post=post)
    walk.relay()
    _ask_receipt(walk, post)
    return "customer (community)"


def _lands(walk: Walk) -> str:
    response = walk.by("customer").client.get(f"{BOARD}new/", secure=True)
    return str(response.headers.get("Location", ""))


def _ask_receipt(walk: Walk, post: Post) -> None:
    """It stands in the author's private notes, and the words have left the board."""
    receipt = walk.complaint.letters.get(kind="receipt")
    notes = walk.by("customer").read(f"{BOARD}notes/")
    for said in (walk.complaint.reference, receipt.subject):
        if said not in notes:
            raise DoorClosed(f"the private notes do not say {said!r}")
    page = walk.by("support").read(f"{BOARD}topics/{post.topic_id}/")
    if walk.filing["description"] in page:
        raise DoorClosed("others still read what is a private matter now")
