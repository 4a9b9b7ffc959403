"""What V2 is still told when a call is over: a visit that was changed by phone, or is to be, and what was said late.

Pure. The webhooks have no way to take a visit out, so the team is texted (contract.md 0.5).
"""

from call.business import Business
from call.session import CallSession, ManageAction, Reason, State
from call.spoken_time import write_time
from call.tool_calls import CreateCallback

_WISHES = {ManageAction.CANCEL: "cancelled", ManageAction.RESCHEDULE: "moved"}


def to_the_team(session: CallSession, business: Business) -> CreateCallback | None:
    """The text about a visit that was cancelled or moved, whether its caller knows, and what was noted behind it.

    A visit that was booked in this call, and then was not wanted, wanted at another time or objected to, stands
    until the team acts.
    What was said behind the promise of a call came too late for the text about that.

    None when there is nothing to tell.
    """
    if session.reason is Reason.BOOKED and session.booked_at and session.manage_action:
        wish = _WISHES.get(session.manage_action, "checked")
        booked = (
            f"Booked by phone for {write_time(session.booked_at, business.zone)}, and then to be {wish}: it stands."
        )
        return _text(session, booked, *session.added)
    if session.state is State.CALLBACK and session.added:
        return _text(session, "Said behind the promise of a call:", *session.added)
    visit = session.appointment
    if session.reason is Reason.MESSAGE_TAKEN:
        return _text(session, f"Of the visit on {session.appointment_date or 'file'}, by phone:", *session.added)
    if visit is None:
        return None
    which = f"the visit of {visit.attendee_name} on {visit.date} at {visit.time}"
    match session.reason:
        case Reason.CANCELLED:
            done = f"Cancelled by phone: {which}. Please remove it from the dashboard."
        case Reason.RESCHEDULED if session.moved_to is not None:
            moved_to = write_time(session.moved_to, business.zone)
            done = f"Moved by phone: {which} is now on {moved_to}. Please change it there."
        case Reason.STATUS_TOLD if session.added:
            done = f"Asked about by phone: {which}."
        case _:
            return None
    unheard = () if session.change_told else ("The caller may not have heard so: please call.",)
    return _text(session, done, *unheard, *session.added)


def _text(session: CallSession, *sentences: str) -> CreateCallback:
    told = " ".join(sentences)
    return CreateCallback(reason=told, callback_type="general", customer_name=session.name, issue_description=told)
