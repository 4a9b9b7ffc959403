"""What each tool of V2 does and answers (contract.md 1.2 to 1.9), without HTTP.

Guarantees the measured traps: sessions that keep the first number, one SMS for each callback, fields that are
overwritten with nothing, "undefined" where an alert has no address (contract.md 0.7), ids that tell that no text went
out (contract.md 0.8), and answers that wait for the dashboard's context when the text is already out (contract.md
0.19). Visits are in v2_visits.py, the lookup in v2_lookup.py. A tool that raises is V2's internal exception; v2.py
words it.
"""

import uuid
from collections.abc import Callable
from typing import Any

from simulator.back_office.store import Booking, Json, Store
from simulator.back_office.texts import Texts
from simulator.back_office.v2_lookup import describe, digits
from simulator.back_office.v2_visits import Said, Visits

FORCE_TRANSITION_FROM_USE = 4
OWN_ZIPS = frozenset({*map(str, range(78701, 78706)), *map(str, range(78721, 78726))})
EMERGENCY_PROMISE_MINUTES = 15
_NO_CALL_ID = "no-call-id"

_ALERTS = frozenset({"create_callback", "send_sales_lead_alert", "send_emergency_alert"})
_CALENDAR = frozenset(
    "lookup_caller lookup_booking check_calendar_availability book_appointment manage_appointment".split()
)
MODES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("apt", "apt_late", "apt_timeout", "second_try", "other_time", "no_time"), frozenset({"book_appointment"})
    ),
    "already_cancelled": frozenset({"manage_appointment"}),
    "cal_500": _CALENDAR,
    "no_text": _ALERTS,
}
"""Faults of what V2 itself asks, and the tools that meet them; the others are as ever."""


class ToolError(Exception):
    """Raised where V2 throws inside a tool."""


class Tools:
    """The tools over one store; `run` is the only entrance."""

    def __init__(
        self,
        store: Store,
        texts: Texts,
        post_alert: Callable[[Json], None],
        context_seconds: Callable[[], float],
        *,
        empty_phone_matches: bool = True,
    ) -> None:
        """`post_alert` brings V2's own alert to the dashboard (contract.md 1.7); `context_seconds` is how long the
        dashboard's context takes now.
        """
        self._store = store
        self._texts = texts
        self._post_alert = post_alert
        self._context_seconds = context_seconds
        self._visits = visits = Visits(store, empty_phone_matches=empty_phone_matches)
        self._tools: dict[str, Callable[[Json, Json, str | None], Said]] = {
            "lookup_caller": self._lookup_caller,
            "book_appointment": self._book,
            "check_calendar_availability": lambda session, args, mode: visits.availability(args, mode),
            "create_callback": self._create_callback,
            "send_sales_lead_alert": self._sales_lead_alert,
            "send_emergency_alert": self._emergency_alert,
            "manage_appointment": visits.manage,
            "lookup_booking": visits.look_up,
            "validate_service_area": self._validate_service_area,
            "get_customer_status": self._customer_status,
            "end_call": self._end_call,
        }

    @property
    def names(self) -> frozenset[str]:
        """The tools that this V2 has."""
        missing = {"check_calendar_availability"} if self._store.calendar == "absent" else set()
        return frozenset(self._tools) - missing

    def run(self, tool: str, call: Any, args: Any, mode: str | None = None) -> Said:
        """Carry out a tool and give the body of its 200, and how long V2 takes for it beside its ordinary time.

        Args:
            tool: one of `names`.
            call: `call` of the body as it came, of any type.
            args: `args` of the body as it came, of any type.
            mode: one of `MODES` that this tool meets, or None.

        Raises:
            Exception: any kind: V2's internal exception.
        """
        if not isinstance(call, dict):
            raise ToolError("call missing")
        if args is None and tool == "lookup_caller":
            args = {}
        if not isinstance(args, dict):
            raise ToolError("args missing")
        session = self._session(call)
        answer, seconds = self._tools[tool](session, args, mode)
        self._save(session)
        # What is to be told is told by now.
        return answer, seconds + (self._context_seconds() if tool in _ALERTS else 0.0)

    def booking_of(self, number: str) -> Json:
        """lookup_booking without a call: its REST twin (contract.md 1.8)."""
        return self._visits.describe(self._visits.upcoming(number)[0])

    # Sessions: `call_sessions` in Supabase, keyed by call_id (contract.md 1.1)

    def _session(self, call: Json) -> Json:
        """The stored session if there is one: its number wins over the request's.

        Without a call_id all calls share one session, as with any other shared id.
        """
        call_id = str(call.get("call_id") or "")
        stored = self._store.get("session", call_id or _NO_CALL_ID)
        if stored is not None:
            return stored
        outbound = call.get("direction") == "outbound"
        number = call.get("to_number" if outbound else "from_number") or ""
        session: Json = {"call_id": call_id, "number": digits(number), "uses": {}}
        self._save(session)
        return session

    def _save(self, session: Json) -> None:
        call_id = session["call_id"]
        self._store.put("session", session, id=call_id or _NO_CALL_ID, call_id=call_id)

    def _count(self, session: Json, tool: str) -> bool:
        """force_transition: true from the 4th use of a tool in one session."""
        uses: int = session["uses"].get(tool, 0) + 1
        session["uses"][tool] = uses
        return uses >= FORCE_TRANSITION_FROM_USE

    # Who is calling

    def _lookup(self, session: Json, mode: str | None) -> Said:
        if not session["number"]:
            return {"found": False, "message": "No caller ID available."}, 0.0
        booking: Booking | None
        booking, seconds = self._visits.upcoming(session["number"], mode)
        answer, address = describe(self._store, session["number"], session["call_id"], booking)
        if address:
            session["address"] = address
        return answer, seconds

    def _lookup_caller(self, session: Json, args: Json, mode: str | None) -> Said:
        answer, seconds = self._lookup(session, mode)
        if "operatorNotes" not in answer:
            return answer, seconds
        # A lookup that finds nobody is not counted.
        forced = answer["found"] and self._count(session, "lookup_caller")
        return answer | {"force_transition": forced}, seconds

    def _customer_status(self, session: Json, args: Json, mode: str | None) -> Said:
        answer, seconds = self._lookup(session, mode)
        address = session.get("address")
        return answer | ({"address": address} if address else {}), seconds

    def _book(self, session: Json, args: Json, mode: str | None) -> Said:
        session["bookingAttempted"] = True
        forced = self._count(session, "book_appointment")
        answer, seconds = self._visits.book(session, args, mode)
        return answer | {"force_transition": forced}, seconds

    # People to be told

    def _create_callback(self, session: Json, args: Json, mode: str | None) -> Said:
        reason = args.get("reason") or "Customer requested callback"
        urgent = args.get("urgency") == "urgent"
        kind = args.get("callback_type") or "service"
        minutes = 30 if urgent else 60
        forced = self._count(session, "create_callback")
        session["endCallReason"] = "callback_later"
        session["callbackType"] = kind
        session["customerName"] = args.get("customer_name") or session.get("customerName") or ""
        session["problem"] = args.get("issue_description") or session.get("problem") or ""
        address = session.get("address") or "Not provided"
        call_id = session["call_id"]
        label = "" if kind == "service" else f"{kind.upper()} "
        text = (
            f"URGENT: {label}callback. {reason}\nFrom: {session['number']}\nAddress: {address}\n"
            f"Promised within {minutes} minutes. Reply 1-5."
        )
        # Success whatever becomes of it (contract.md 1.5).
        self._texts.from_v2("create_callback", text, call_id, lost=mode == "no_text")
        callback = {
            "call_id": call_id,
            "reason": reason,
            "urgent": urgent,
            "callback_type": kind,
            "customer_name": args.get("customer_name") or "",
            "issue_description": args.get("issue_description") or "",
            "number": session["number"],
            "address": address,
            "promised_minutes": minutes,
            "at": self._store.clock().isoformat(),
        }
        self._store.put("callback", callback, call_id=call_id)
        message = f"Someone will call you back within {minutes} minutes."
        return {"success": True, "force_transition": forced, "message": message}, 0.0

    def _sales_lead_alert(self, session: Json, args: Json, mode: str | None) -> Said:
        phone = digits(_required(args, "customer_phone"))
        session["endCallReason"] = "sales_lead"
        # Overwritten with what came, or with nothing (contract.md 1.6).
        session["number"] = phone
        session["customerName"] = args.get("customer_name") or ""
        session["address"] = args.get("address") or ""
        session["equipment"] = args.get("current_equipment") or ""
        text = f"SALES LEAD: {args.get('customer_name') or 'Unknown'} {phone} {args.get('notes')}"
        sid = self._texts.from_v2("send_sales_lead_alert", text, session["call_id"], lost=mode == "no_text")
        alert_id = sid or f"lead_{uuid.uuid4().hex[:12]}"
        return {"success": True, "alertId": alert_id, "message": "The sales team was notified."}, 0.0

    def _emergency_alert(self, session: Json, args: Json, mode: str | None) -> Said:
        phone = digits(_required(args, "caller_phone"))
        description = args.get("urgency_description") or "Urgent service needed"
        call_id = session["call_id"]
        # What is not there is "undefined" in V2's language (contract.md 0.7).
        text = f"URGENT: {description}\nFrom: {phone}\nAddress: {args.get('address', 'undefined')}"
        sid = self._texts.from_v2("send_emergency_alert", text, call_id, lost=mode == "no_text")
        alert_id = sid or f"alert_{uuid.uuid4().hex[:12]}"
        alert = {
            "alert_id": alert_id,
            "call_id": call_id,
            "phone_number": phone,
            "problem_description": description,
            "customer_address": args.get("address") or "",
            "sms_sent_at": self._store.clock().isoformat(),
            "callback_promised_minutes": EMERGENCY_PROMISE_MINUTES,
        }
        self._post_alert(alert | ({"sms_message_sid": sid} if sid else {}))
        message = f"Someone will call back within {EMERGENCY_PROMISE_MINUTES} minutes."
        return {"success": True, "alertId": alert_id, "message": message}, 0.0

    # The rest

    def _validate_service_area(self, session: Json, args: Json, mode: str | None) -> Said:
        """V2's own list, not the 787 rule; words are cut to five letters and refused."""
        zip_code = _required(args, "zip_code")[:5]
        served = zip_code in OWN_ZIPS
        return {
            "inServiceArea": served,
            "message": f"We {'serve' if served else 'do not serve'} {zip_code}.",
        }, 0.0

    def _end_call(self, session: Json, args: Json, mode: str | None) -> Said:
        session["endCallReason"] = args.get("reason")
        return {"success": True, "reason": args.get("reason")}, 0.0


def _required(args: Json, key: str) -> str:
    """A text that V2 calls a method of: anything else throws."""
    value = args.get(key)
    if not isinstance(value, str) or not value:
        raise ToolError(f"{key} missing")
    return value
