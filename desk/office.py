"""The doctor's checks of V2 and the dashboard, by requests that store nothing (contract.md 1.1, 1.4, 2.1).

V2's key is proved by a tool without a call, which fails after the key was looked at; the dashboard's secret by a record
that lacks all that is required, whose refusal also tells which of the three webhooks an address is.
"""

import secrets
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import httpx

from desk.checks import Check, Finding, Site, failed, ok, skipped, warning
from providers.http import json_object

TOOL = "/webhook/retell/check_calendar_availability"
V2_KEY = "Set V2_API_KEY to V2's API_SECRET_KEY."
SECRET = "Set DASHBOARD_WEBHOOK_SECRET to the dashboard's WEBHOOK_SECRET."  # noqa: S105 - what to do, not a secret
# It is looked up behind the schema, and what passes that is stored (contract.md 2.1).
USER = "whether it knows DASHBOARD_USER_EMAIL, to the letter's case, shows only the first record"
# What each webhook alone complains of missing.
REQUIRED: Mapping[str, str] = MappingProxyType(
    {"jobs": "customer_address", "calls": "started_at", "alerts": "sms_sent_at"}
)


async def v2_health(site: Site) -> Finding:
    """Whether V2 is up."""
    answer = await site.http.get(site.settings.v2_backend_url + "/health")
    if answer.status_code == 200 and (json_object(answer.content) or {}).get("status") == "healthy":
        return ok("V2 is healthy")
    return failed(
        f"V2 answers {answer.status_code}, and not that it is healthy", "Is V2_BACKEND_URL V2's origin, and V2 up?"
    )


async def v2_key(site: Site) -> Finding:
    """Whether V2's tools let us in."""
    if site.settings.v2_api_key is None:
        return failed("not set: V2 refuses every lookup, booking and callback", V2_KEY)
    answer = await _tool(site, {})
    if answer.status_code == 401:
        return failed("V2 refuses the key (401)", V2_KEY)
    if answer.status_code == 500 and "error" in (json_object(answer.content) or {}):
        return ok("V2 knows the key")
    return failed(f"V2's tools answer {answer.status_code}", "Is V2_BACKEND_URL V2's origin, without a path?")


async def v2_calendar(site: Site) -> Finding:
    """Whether V2 has times to offer."""
    if site.settings.v2_api_key is None:
        return skipped("not asked without a key", "See v2 key.")
    answer = await _tool(site, {"call": {"call_id": f"doctor-{secrets.token_hex(4)}"}, "args": {"urgency": "Routine"}})
    if answer.status_code != 200:
        return skipped(f"not told: V2 answers {answer.status_code}", "See v2 key.")
    slots = (json_object(answer.content) or {}).get("availableSlots")
    if not isinstance(slots, list):
        return failed("V2's calendar answers in another form", "Is the V2 at V2_BACKEND_URL the right version?")
    if not slots:
        return warning("no free time in the next week", "Look whether Cal.com is connected to V2, and has free times.")
    return ok(f"free times on {len(slots)} days")


async def webhook(site: Site, which: str) -> Finding:
    """Whether one of the dashboard's webhooks is there, is the right one, and knows the secret."""
    settings, name = site.settings, f"DASHBOARD_{which.upper()}_URL"
    url, secret = getattr(settings, f"dashboard_{which}_url"), settings.dashboard_webhook_secret
    if url is None:
        return warning(f"{name} is not set: records are kept here, not delivered", f"Set {name}.")
    if secret is None:
        return warning("without the secret records are kept here, not delivered", SECRET)
    probe = await site.http.get(url)
    if probe.status_code != 200:
        return failed(
            f"the dashboard answers {probe.status_code}", f"Is {name} the webhook's address, and the dashboard up?"
        )
    answer = await site.http.post(url, json={}, headers={"X-Webhook-Secret": secret.get_secret_value()})
    if answer.status_code == 401:
        return failed("the dashboard refuses the secret (401)", SECRET)
    lacks = _lacks(answer)
    if REQUIRED[which] in lacks:
        return ok(f"is there and knows the secret; {USER}")
    other = next((one for one, field in REQUIRED.items() if field in lacks), "")
    if other:
        return failed(f"it is the webhook for {other}", f"Set {name} to the one for {which}.")
    return failed(f"it answers an empty record with {answer.status_code}", f"Is {name} a webhook of the dashboard?")


CHECKS = (
    Check("v2 health", "V2_BACKEND_URL", v2_health),
    Check("v2 key", "V2_BACKEND_URL", v2_key),
    Check("v2 calendar", "V2_BACKEND_URL", v2_calendar),
    *(Check(f"dashboard {one}", f"DASHBOARD_{one.upper()}_URL", partial(webhook, which=one)) for one in REQUIRED),
)


async def _tool(site: Site, body: Mapping[str, Any]) -> httpx.Response:
    key = site.settings.v2_api_key
    headers = {"X-API-Key": key.get_secret_value()} if key else {}
    return await site.http.post(site.settings.v2_backend_url + TOOL, json=body, headers=headers)


def _lacks(answer: httpx.Response) -> set[str]:
    details = (json_object(answer.content) or {}).get("details") if answer.status_code == 400 else None
    problems = details if isinstance(details, list) else []
    return {str(problem.get("path")) for problem in problems if isinstance(problem, dict)}
