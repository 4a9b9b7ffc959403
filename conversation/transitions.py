"""The states' table: which state may follow which; conversation.md 2. `python -m conversation.transitions` draws it."""

from datetime import datetime

from call.errors import AgentError
from call.session import END_STATES, CallSession, EntryKind, Reason, State

_MAIN: dict[State, frozenset[State]] = {
    State.WELCOME: frozenset({State.LOOKUP, State.NON_SERVICE}),
    State.LOOKUP: frozenset({State.SAFETY, State.FOLLOW_UP, State.MANAGE_BOOKING}),
    State.NON_SERVICE: frozenset({State.SAFETY}),
    State.FOLLOW_UP: frozenset({State.SAFETY}),
    State.MANAGE_BOOKING: frozenset({State.CONFIRM, State.SAFETY}),
    State.SAFETY: frozenset({State.SERVICE_AREA, State.MANAGE_BOOKING}),
    State.SERVICE_AREA: frozenset({State.DISCOVERY, State.MANAGE_BOOKING}),
    State.DISCOVERY: frozenset({State.URGENCY, State.MANAGE_BOOKING}),
    State.URGENCY: frozenset({State.PRE_CONFIRM, State.MANAGE_BOOKING}),
    State.PRE_CONFIRM: frozenset({State.BOOKING, State.URGENCY, State.MANAGE_BOOKING}),
    State.BOOKING: frozenset({State.CONFIRM, State.PRE_CONFIRM}),
    State.TRANSFER: frozenset({State.SAFETY}),
    State.CONFIRM: frozenset({State.TRANSFER, State.MANAGE_BOOKING}),
    State.CALLBACK: frozenset(),
    State.GOODBYE: frozenset({State.CALLBACK}),
    State.SAFETY_EXIT: frozenset(),
}
_ALWAYS = frozenset({State.SAFETY_EXIT, State.CALLBACK, State.GOODBYE, State.TRANSFER})
_HAZARD = frozenset({State.SAFETY_EXIT})

# Every state that is no end has the edges of _ALWAYS; from an end a hazard still leads to safety_exit.
TRANSITIONS: dict[State, frozenset[State]] = {
    state: nexts | ((_HAZARD if state in END_STATES else _ALWAYS) - {state}) for state, nexts in _MAIN.items()
}


_NOTE = (
    "note right of welcome",
    "    From every state that is no end also:",
    "    safety_exit (a hazard, before anything else),",
    "    transfer (a wish for a person, while there is one to dial),",
    "    callback (the same wish without one, turn and time limits, faults),",
    "    goodbye (the caller says goodbye, silence).",
    "    From an end only: safety_exit, transfer and manage_booking from confirm, and callback from goodbye.",
    "end note",
)


class TransitionError(AgentError):
    """Raised when a move is not in the table: a defect of ours, never of a caller's."""


def move(session: CallSession, to: State, now: datetime, reason: Reason | None = None) -> None:
    """Moves the call to `to`, resets the state's turn count and writes the move to the timeline.

    Raises:
        TransitionError: the table does not allow it, or an end state has no reason.
    """
    if to not in TRANSITIONS[session.state]:
        raise TransitionError(f"{session.state} -> {to} is not in the table")
    if (to in END_STATES) != (reason is not None):
        raise TransitionError(f"{to}: a reason belongs to an end state, and to nothing else")
    session.note(EntryKind.STATE, f"{session.state} -> {to}", now, detail=reason or "")
    session.state, session.reason = to, reason
    session.state_turn_count = 0
    session.question = None


def diagram() -> str:
    """The table as a Mermaid diagram; the edges that every state has are one note."""
    lines = ["stateDiagram-v2", "    [*] --> welcome"]
    lines += [f"    {a} --> {b}" for a, nexts in _MAIN.items() for b in sorted(nexts)]
    lines += [f"    {end} --> [*]" for end in _MAIN if end in END_STATES]
    lines += [f"    {line}" for line in _NOTE]
    return "\n".join(lines)


if __name__ == "__main__":
    print(diagram())
