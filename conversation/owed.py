"""What V2 is still told when a call is over: a visit that was changed by phone stays in the dashboard otherwise.

Pure. The webhooks have no way to take a visit out, so the team is texted (contract.md 0.5).
"""

from call.business import Business
from call.session import CallSession, Reason
from call.spoken_time import write_time
from call.tool_calls import CreateCallback


def to_the_team(session: CallSession, business: Business) -> CreateCallback | None:
    """The text about a visit that was cancelled or moved; None when there is none."""
    visit = session.appointment
    if visit is None or session.reason not in (Reason.CANCELLED, Reason.RESCHEDULED):
        return None
    which = f"the visit of {visit.attendee_name} on {visit.date} at {visit.time}"
    if session.reason is Reason.CANCELLED:
        told = f"Cancelled by phone: {which}. Please remove it from the dashboard."
    elif session.moved_to is not None:
        told = (
            f"Moved by phone: {which} is now on {write_time(session.moved_to, business.zone)}. Please change it there."
        )
    else:
        return None
    return CreateCallback(reason=told, callback_type="general", customer_name=session.name, issue_description=told)
