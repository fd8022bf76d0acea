"""The steps of an appeal, each by its door."""

from appeals.demo.visitor import DoorClosed
from appeals.demo.way import Step, Walk
from appeals.models import Appeal


def lodge(walk: Walk) -> str:
    walk.by("customer").submit(
        walk.portal + "appeal/",
        statement="Please let somebody else look at it.",
        kind_1="remedy_too_small",
        text_1="The refund does not cover what I lost.",
    )
    return "customer"


def _appeal(walk: Walk) -> tuple[Appeal, str, str]:
    """The appeal, its reviewer's account name, and its page at the desk."""
    row = Appeal.objects.select_related("reviewer").get(complaint=walk.complaint)
    if row.reviewer is None:
        raise DoorClosed("nobody independent is left to review the appeal")
    return row, row.reviewer.username, f"/admin/appeals/appeal/{row.pk}/"


def admit_appeal(walk: Walk) -> str:
    _row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/admit/")
    return reviewer


def review(walk: Walk) -> str:
    """The sealed file is read, every ground is answered, the ruling is written."""
    row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/start_review/")
    for ground in row.grounds.all():
        walk.by(reviewer).submit(
            f"{desk}ground/{ground.number}/",
            accepted="no",
            answer="The fees were charged for trades placed later.",
        )
    walk.by(reviewer).submit(
        desk + "ruling/",
        outcome="confirmed",
        summary="We confirm the decision.",
        reasons="The first team weighed the records and applied the rule in force.",
    )
    return reviewer


def rule(walk: Walk) -> str:
    _row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/rule/", sure="on")
    return reviewer


def read_ruling(walk: Walk) -> str:
    row, _reviewer, _desk = _appeal(walk)
    page = walk.by("customer").read(f"{walk.portal}appeal/{row.pk}/")
    if row.ruling_summary not in page:
        raise DoorClosed("the page of the appeal does not hold the ruling")
    return "customer"


APPEAL: tuple[tuple[str, Step], ...] = (
    ("9 appeal lodged", lodge),
    ("9 appeal admitted", admit_appeal),
    ("9 reviewed", review),
    ("9 ruled", rule),
    ("9 ruling read", read_ruling),
)
