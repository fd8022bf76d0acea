"""The machines of an appeal and of its outside stage as pictures, drawn from their
transitions.

``manage.py shell -c "from appeals.drawing import diagram; print(diagram())"``
"""

from collections.abc import Iterator
from typing import Any

from appeals.models import Appeal
from complaints.workflow import transitions_of


def diagram(model: Any = Appeal) -> str:
    """A state diagram in Mermaid's words; the same code gives the same text."""
    lines = sorted(set(_moves(model)))
    return "\n".join(["stateDiagram-v2", f"    [*] --> {model.INITIAL}", *lines])


def _moves(model: Any) -> Iterator[str]:
    left = set()
    for name, (method, _spec) in transitions_of(model).items():
        for move in method._django_fsm.transitions.values():  # type: ignore[attr-defined]
            source, target = str(move.source), str(move.target or move.source)
            left.add(source)
            yield f"    {source} --> {target}: {name}"
    states = {value for value, _label in model._meta.get_field("state").choices}
    for state in sorted(states - left):
        yield f"    {state} --> [*]"
