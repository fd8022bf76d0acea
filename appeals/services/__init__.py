"""What is done with appeals besides their transitions; a file a verb."""

from appeals.services.file import frozen_items, new_since, unfaithful
from appeals.services.lodge import NewGround, lodge
from appeals.services.new_decision import (
    add_new_remedy,
    draft_new_decision,
    drop_new_remedy,
    propose_new_decision,
    return_new_decision,
    sign_new_decision,
    write_new_decision,
)
from appeals.services.reviewers import choose_again
from appeals.services.ruling import answer_ground, write_ruling

__all__ = [
    "NewGround",
    "add_new_remedy",
    "answer_ground",
    "choose_again",
    "draft_new_decision",
    "drop_new_remedy",
    "frozen_items",
    "lodge",
    "new_since",
    "propose_new_decision",
    "return_new_decision",
    "sign_new_decision",
    "unfaithful",
    "write_new_decision",
    "write_ruling",
]
