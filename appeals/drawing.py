"""The machine of an appeal as a picture, drawn from its transitions.

``manage.py shell -c "from appeals.drawing import diagram; print(diagram())"``
"""

from collections.abc import Iterator

from appeals.models import Appeal
from complaints.states import AppealState
from complaints.workflow import transitions_of


def diagram() -> str:
    """A state diagram in Mermaid's words; the same code gives the same text."""
    lines = sorted(set(_moves()))
    return "\n".join(["stateDiagram-v2", f"    [*] --> {Appeal.INITIAL}", *lines])


def _moves() -> Iterator[str]:
    left = set()
    for name, (method, _spec) in transitions_of(Appeal).items():
        for move in method._django_fsm.transitions.values():  # type: ignore[attr-defined]
            source, target = str(move.source), str(move.target or move.source)
            left.add(source)
            yield f"    {source} --> {target}: {name}"
    for state in sorted(set(AppealState.values) - left):
        yield f"    {state} --> [*]"
