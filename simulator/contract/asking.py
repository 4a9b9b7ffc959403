"""Asks servers the rules of the contract, one request after the other, and tells of each rule whether it holds.

Guarantees a deadline for every request, that no redirect is followed, and that nothing told of an answer holds its
values. Leaves out what is asked (v2_rules.py, dashboard_rules.py) and how it is shown (__main__.py).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from simulator.contract.answers import Answer, Key, Request, Rule, Service, drift
from simulator.contract.v2_rules import FOUND_NOBODY

REQUEST_SECONDS = 65.0
"""More than the 60 s after which the dashboard gives up, and than the 22 s that V2 was seen to take."""
WRONG = "no-such-key"
NOT_NOW = frozenset({429, 502, 503, 504})
"""Of a server, or of a proxy before it, that cannot be asked at the moment: no answer to what was asked."""

Send = Callable[[Request], Awaitable[Answer]]
"""Raises `NoAnswerError`."""


class NoAnswerError(Exception):
    """Raised when a server could not be asked; the message says why, without address or key."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a service is, and its key."""

    origin: str
    key: str

    def headers(self, service: Service, key: Key) -> dict[str, str]:
        name = "X-API-Key" if service == "v2" else "X-Webhook-Secret"
        match key:
            case "none":
                return {}
            case "wrong":
                return {name: WRONG}
            case "bearer":
                return {"Authorization": f"Bearer {self.key}"}
            case "signed":
                return {name: self.key, "X-Retell-Signature": "v=1,d=0"}
        return {name: self.key}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a rule: `problems` is empty when it holds; `not_asked` and `silent` say why nothing is known."""

    rule: Rule
    problems: Sequence[str] = ()
    silent: str = ""
    not_asked: str = ""


def sender(client: httpx.AsyncClient, servers: Mapping[Service, Server], made_up: Mapping[str, str]) -> Send:
    """Sends requests to these servers; `made_up` is what stands for `{number}` and `{call}`."""

    async def send(request: Request) -> Answer:
        server = servers[request.service]
        headers = server.headers(request.service, request.key)
        content = None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            content = request.body if isinstance(request.body, str) else json.dumps(_filled(request.body, made_up))
        path = request.path.replace("{number}", made_up["number"].replace("+", "%2B"))
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                asking = client.request(
                    request.method, server.origin + path, headers=headers, content=content,
                    follow_redirects=False, timeout=REQUEST_SECONDS,
                )  # fmt: skip
                answer = _answer(await asking)
        except TimeoutError:
            raise NoAnswerError(f"no answer within {REQUEST_SECONDS:.0f} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoAnswerError(type(error).__name__) from None
        if answer.status in NOT_NOW:
            raise NoAnswerError(f"status {answer.status}")
        return answer

    return send


async def check(rules: Sequence[Rule], send: Send, stand_in: Send) -> AsyncIterator[Finding]:
    """Each rule in its order, asked by `send` and compared with what the stand-in answers to the same.

    From the first request on that has no answer nothing more is asked: it would be waited for, rule by rule.
    """
    found = await _somebody_found(send) if any(rule.for_nobody for rule in rules) else ""
    gone = ""
    for rule in rules:
        if gone:
            yield Finding(rule, silent=gone)
            continue
        if rule.for_nobody and found:
            yield Finding(rule, not_asked=found)
            continue
        problems: list[str] = []
        try:
            for ask in rule.asks:
                answer = await send(ask.request)
                wrong = list(ask.expect(answer))
                if not rule.varies:
                    ours = await stand_in(ask.request)
                    wrong = wrong or list(_unlike_ours(answer, ours))
                problems += (f"{ask.about}: {problem}" if ask.about else problem for problem in dict.fromkeys(wrong))
        except NoAnswerError as error:
            yield Finding(rule, problems, silent=str(error))
            gone = "not asked any more"
        else:
            yield Finding(rule, problems)


async def _somebody_found(send: Send) -> str:
    """Why those rules cannot be asked which are about a number that nobody has; "" if they can."""
    try:
        answer = await send(FOUND_NOBODY)
    except NoAnswerError as error:
        return f"whether a made-up number is found is not known: {error}"
    if isinstance(answer.body, dict) and answer.body.get("found") is False:
        return ""
    return "a made-up number may be found, by a visit without a phone (1.2), and V2 would keep a session of it"


def _unlike_ours(answer: Answer, ours: Answer) -> list[str]:
    if (answer.status, answer.kind) != (ours.status, ours.kind):
        return [f"{answer.status} {answer.kind}, the stand-in's is {ours.status} {ours.kind}"]
    return list(drift(answer.body, ours.body))


def _answer(response: httpx.Response) -> Answer:
    said = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if said == "text/html":
        return Answer(response.status_code, "html")
    try:
        body: Any = response.json() if said == "application/json" else None
    except ValueError:
        body = None
    return Answer(response.status_code, "other" if body is None else "json", body)


def _filled(value: Any, made_up: Mapping[str, str]) -> Any:
    """With what is made up in place of `{number}` and `{call}`."""
    if isinstance(value, dict):
        return {key: _filled(item, made_up) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, made_up) for item in value]
    if isinstance(value, str):
        return value.replace("{number}", made_up["number"]).replace("{call}", made_up["call"])
    return value
