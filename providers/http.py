"""The HTTP client that V2 and the dashboard are asked with."""

import httpx


def http_client() -> httpx.AsyncClient:
    """The process's one HTTP client for V2 and the dashboard; no proxies, no redirects."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=30)
    return httpx.AsyncClient(limits=limits, follow_redirects=False, trust_env=False)
