"""Two parts of one call that know nothing of each other, as one session: nothing that was said in either is lost. Pure.

They come about where a stream began without the database: what an earlier one had written was not known to it.
"""

from datetime import datetime

from call.session import CallSession, Entry, Reason, State

# What is known, not known or done is told by these together: of what one part knows nothing, the other one tells.
FACTS = (
    ("language",),
    ("intent", "manage_action", "move_said"),
    ("name", "name_from_caller"),
    ("zip_code", "zip_on_file"),
    ("address",),
    ("problem",),
    ("callback_phone", "borrowed_phone"),
    ("urgency",),
    ("visit_at", "visit_latest", "visit_asap", "visit_zone"),
    ("manages_property", "on_site"),
    ("upset",),
    ("high_ticket",),
    ("looked_up", "known_caller", "callback_owed", "callback_issue"),
    ("has_appointment", "appointment_date", "appointment_job", "appointment", "appointment_proved"),
    ("earlier", "goes_on"),
    (
        "booking_attempted",
        "booking_status",
        "booking_uncertain",
        "in_doubt",
        "shown",
        "booked_at",
        "appointment_id",
        "moved_to",
    ),
    ("callback_status",),
    ("sales_alert_sent",),
    ("emergency", "emergency_alert_id"),
    ("danger_told",),
    ("text_offered", "text_to"),  # Only to a number that is still the caller's (caller_text.py)
    ("transfer",),
    ("recorded_from",),
    ("recording_declined",),
)

ACTED_ON = ("booked_at", "emergency", "name", "address")  # Somebody has to know of it, whichever part does
CHANGED = frozenset({Reason.CANCELLED, Reason.RESCHEDULED})


def joined(earlier: CallSession, later: CallSession) -> CallSession:
    """The two as one call; `later` itself if it knows of everything that was said before.

    The one that has got further tells how the call stands: the later, unless it was no more than greeted, or has
    settled nothing that counts for as much as what the earlier has.
    """
    told = {entry.identity for entry in later.timeline}
    before = [entry for entry in earlier.timeline if entry.identity not in told]
    if not before:
        return later
    apart = len(before) == len(earlier.timeline)
    further, other = (earlier, later) if _further(earlier, later) else (later, earlier)
    known = {
        name: getattr(other, name)
        for facts in FACTS
        if not any(_tells(further, name) for name in facts)
        for name in facts
    }
    return further.model_copy(
        update={
            **known,
            "started_at": min(earlier.started_at, later.started_at),
            "ended_at": later.ended_at,
            "ended_by": later.ended_by,
            "failed_proofs": (sum if apart else max)((earlier.failed_proofs, later.failed_proofs)),
            "notes": [*earlier.notes, *(note for note in later.notes if note not in earlier.notes)],
            "usage": (earlier.usage.plus if apart else earlier.usage.at_least)(later.usage),
            "timeline": sorted([*before, *_as_heard(later, earlier)], key=lambda entry: entry.at),
        }
    )


def _as_heard(session: CallSession, other: CallSession) -> list[Entry]:
    """Its timeline; a line of which the other part knows that more was heard is as that one has it."""
    known = {entry.identity: entry for entry in other.timeline}
    pairs = [(entry, known.get(entry.identity, entry)) for entry in session.timeline]
    return [theirs if (theirs.heard or 0) > (ours.heard or 0) else ours for ours, theirs in pairs]


def in_order(one: CallSession, other: CallSession) -> CallSession:
    """The two as one call; the later is the one in which something happened last."""
    return joined(one, other) if _last(one) <= _last(other) else joined(other, one)


def known_alone(session: CallSession, other: CallSession | None) -> frozenset[str]:
    """What of a visit, a danger, a callback, or who and where the caller is, a part knows and the other does not.

    By the names of the fields that tell it. `other` None: it knows nothing.
    """
    told = {name for name in ACTED_ON if _tells(session, name) and not (other and _tells(other, name))}
    if session.state is State.CALLBACK and not (other and other.state is State.CALLBACK):
        told.add("state")
    if session.reason in CHANGED and not (other and other.reason is session.reason):
        told.add("reason")
    return frozenset(told)


def _last(session: CallSession) -> datetime:
    return max((entry.at for entry in session.timeline), default=session.started_at)


def _further(earlier: CallSession, later: CallSession) -> bool:
    """Whether the earlier one has got further than the later."""
    greeted = later.state is State.WELCOME and later.reason is None
    return greeted or _settled(earlier) < _settled(later)


def _settled(session: CallSession) -> int:
    """What the session has settled, the weightiest first: whoever is to act on it hears of no more than one."""
    settled = (
        session.emergency,
        bool(session.booked_at),
        session.reason is Reason.TRANSFERRED,
        session.state is State.CALLBACK,
        session.reason in CHANGED,
        True,
    )
    return settled.index(True)


def _tells(session: CallSession, name: str) -> bool:
    return bool(getattr(session, name) != CallSession.model_fields[name].default)
