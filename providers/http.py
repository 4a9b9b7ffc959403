"""How V2 and the dashboard are asked, and how their answers are read."""

from typing import Any

import httpx

from call.whole_text import read_json


def http_client() -> httpx.AsyncClient:
    """The process's one HTTP client for V2 and the dashboard; no proxies, no redirects."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=30)
    return httpx.AsyncClient(limits=limits, follow_redirects=False, trust_env=False)


def json_object(content: bytes | str) -> dict[str, Any] | None:
    """The JSON object of a body, or None: whatever else a server may answer."""
    try:
        body = read_json(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
