"""The transition table of the code equals the one of docs/workflow.md."""

import re

from complaints.models import Complaint, Remedy
from complaints.states import OPEN_STATES, State
from complaints.workflow import transitions_of
from config.paths import BASE_DIR

DOCUMENT = BASE_DIR / "docs" / "workflow.md"
SEE_RIGHT = {
    "answered",
    "inadmissible",
    "closed",
    "remedying",
    "investigating",
    "received",
}
TARGETS = {
    "the state before": {"received", "assigned", "investigating"},
    "see right": SEE_RIGHT,
}


def _rows() -> list[list[str]]:
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.split("## Transitions", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def _states(words: str) -> set[str]:
    if words == "every open state":
        return set(OPEN_STATES)
    if words in TARGETS:
        return TARGETS[words]
    return {state for state in State.values if re.search(rf"\b{state}\b", words)}


def _documented() -> dict[str, tuple[set[str], set[str]]]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for names, source, target, *_rest in _rows():
        for name in re.findall(r"`(\w+)`", names):
            found[name] = (_states(source), _states(target))
    found["merge_into"] = ({"received", "assigned", "investigating"}, {"merged"})
    found["unmerge"] = ({"merged"}, {"received", "assigned", "investigating"})
    return found


def _coded() -> dict[str, tuple[set[str], set[str]]]:
    found: dict[str, tuple[set[str], set[str]]] = {}
    for name, (method, _spec) in transitions_of(Complaint).items():
        moves = method._django_fsm.transitions.values()
        sources = {str(move.source) for move in moves}
        target = next(iter(moves)).target
        allowed = getattr(target, "allowed_states", None) or [target]
        found[name] = (sources, {str(state) for state in allowed})
    return found


def test_complaint_moves_equal_the_contract() -> None:
    assert _coded() == _documented()


def test_states_equal_the_contract() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").split("## Transitions", 1)[0]
    documented = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    assert documented == set(State.values)


def test_remedy_moves_equal_the_contract() -> None:
    """proposed -> approved -> [offered -> accepted | …] -> executing …"""
    moves = {
        name: (
            {str(m.source) for m in method._django_fsm.transitions.values()},
            str(next(iter(method._django_fsm.transitions.values())).target),
        )
        for name, (method, _spec) in transitions_of(Remedy).items()
    }
    assert moves == {
        "approve": ({"proposed"}, "approved"),
        "offer": ({"approved"}, "offered"),
        "accept": ({"offered"}, "accepted"),
        "refuse": ({"offered"}, "refused"),
        "lapse": ({"offered"}, "lapsed"),
        "start": ({"approved", "accepted", "failed"}, "executing"),
        "start_by_hand": ({"approved", "accepted", "failed"}, "executing"),
        "complete": ({"executing"}, "executed"),
        "fail": ({"executing"}, "failed"),
        "cancel": (
            {"proposed", "approved", "offered", "accepted", "failed"},
            "cancelled",
        ),
        "reverse": ({"executed"}, "reversed"),
    }
