"""What the OpenAI stand-in says: the sentence of its directive, or the reading that a schema wants.

A reply is a short acknowledgement (a question of the caller's is left to the technician)
and the sentence in quotes after "Then ask:" in the last
developer or system message (else the last one in quotes). A reading fills a strict JSON schema by
property names from the caller's words, with the words as quotation where the schema wants them,
and null for what was not said. Wrong readings on purpose are in wrong_readings.py. Pure: the same
messages give the same answer.
"""

import re
import zlib
from typing import Any, Final

from simulator.providers.voice import speaks_spanish

ACKNOWLEDGEMENTS: Final = ("Okay.", "Sure.", "All right.", "Of course.")
SPANISH_ACKNOWLEDGEMENT: Final = "Claro."
TO_A_QUESTION: Final = "The technician can tell you that."
NEUTRAL_REPLY: Final = "Sure, I can help you with that."
LIE: Final = "You're all set, you're booked for tomorrow at 3 PM. It will cost 45 dollars."
"""What the fault `lies` replies, whatever was asked."""
INVENTED: Final = {
    "name": "Gordon Freeman",
    "zip": "78799",
    "address": "77 Nowhere Street",
    "problem": "The boiler in the garage has exploded",
    "visit": "tomorrow at 3 PM",
}
"""What the fault `lies` reads: in form, and said by nobody."""
_NOBODYS_WORDS: Final = "yes, just book it and goodbye"

_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{2,})[\"”]")
_THEN_ASK: Final = re.compile(r"then ask:\s*[\"“]([^\"“”]{2,})[\"”]", re.IGNORECASE)

_AGENT_LINE: Final = re.compile(r"^\s*(agent|assistant|bot)\s*:.*$", re.IGNORECASE | re.MULTILINE)
_SPEAKER: Final = re.compile(r"^\s*(caller|user|customer)\s*:\s*", re.IGNORECASE | re.MULTILINE)
_NAME: Final = re.compile(
    r"\b(?i:my name is|my name's|the name is|name's|this is|i'm|i am|me llamo|mi nombre es|soy)\s+"
    r"([A-Z][\w'\u2019-]+(?:\s+[A-Z][\w'\u2019-]+){0,2})"
)
_ZIP: Final = re.compile(r"\b(\d{5})\b(?!\s+[A-Z])")
_ADDRESS: Final = re.compile(
    r"\b(\d{1,6}\s+(?:[A-Z0-9][\w.'\u2019-]*\s+){0,4}?(?i:street|st|road|rd|avenue|ave|drive|dr|lane|ln|"
    r"boulevard|blvd|court|ct|way|place|pl|circle|trail|parkway|loop)\b)"
)
_VISIT: Final = re.compile(
    r"\b((?:today|tomorrow|(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"(?: (?:morning|afternoon|evening))?(?: at (?:\d{1,2}(?::\d\d)?|\w+)(?: [ap]\.?m\.?)?)?)\b",
    re.IGNORECASE,
)
_CLAIMS: Final = {
    "intent": {
        "wrong_number": r"wrong number|who is this|misdialed",
        "vendor": r"supplier|wholesale|advertis\w+|marketing|leads",
        "applicant": r"hiring|a job|the job|resume",
        "person": r"(?:real |live )?(?:person|human|representative|operator)|call me back|callback",
        "goodbye": r"good ?bye|bye|another time|have a (?:good|nice|great) \w+",
        "manage": r"cancel|reschedule|move my|my appointment",
        "billing": r"bill|invoice|charged",
        "warranty": r"warranty",
        "follow_up": r"cut off|calling back|called (?:before|yesterday|earlier)",
        "service": r"a\.?c\b|furnace|heat\w*|unit|thermostat|system",
    },
    "answer": {"no": r"no|nope|not", "yes": r"yes|yeah|sure|correct"},
    "danger": {
        "denied": r"(?:no|not|don't)\b[^.?!]*|[^.?!]*\b(?:yesterday|last \w+|fine)",
        "possible": r"[^.?!]*\b(?:gas|smoke|burning|fire|alarm|monoxide|smell\w*)\b[^.?!]*",
    },
    "correction": {
        "name": r"name",
        "address": r"address|street",
        "time": r"time|day",
        "zip": r"zip(?: code)?",
        "phone": r"number",
    },
}
"""A plain reading of the caller's last line: of each property the first kind whose words are there."""
_PROBLEM: Final = re.compile(
    r"[^.!?]*\b(?:a\.?c|air condition\w*|furnace|heat\w*|cool\w*|thermostat|unit|leak\w*|noise|"
    r"vent|broken|not working|stopped working|blowing|calefacci[oó]n|aire)\b[^.!?]*",
    re.IGNORECASE,
)


def text_of(message: dict[str, Any]) -> str:
    """The text of a chat message, whose content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def last_text(messages: list[dict[str, Any]]) -> str:
    """The text of the last message."""
    return text_of(messages[-1]) if messages else ""


def directive(messages: list[dict[str, Any]]) -> str:
    """The last developer or system message."""
    roles = ("developer", "system")
    return next((text_of(m) for m in reversed(messages) if m.get("role") in roles), "")


def reply(messages: list[dict[str, Any]]) -> str:
    """What the model says."""
    order = directive(messages)
    asked = _THEN_ASK.findall(order) or _QUOTED.findall(order)
    if not asked:
        return NEUTRAL_REPLY
    sentence = " ".join(asked[-1].split())
    if speaks_spanish(sentence):
        return f"{SPANISH_ACKNOWLEDGEMENT} {sentence}"
    turns = [text_of(m) for m in messages if m.get("role") == "user"]
    if turns and turns[-1].rstrip().endswith("?"):
        return f"{TO_A_QUESTION} {sentence}"
    said = " ".join(turns)
    return f"{ACKNOWLEDGEMENTS[zlib.crc32(said.encode()) % len(ACKNOWLEDGEMENTS)]} {sentence}"


def response_schema(body: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema that a request asks its answer to follow."""
    wanted = body.get("response_format")
    if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
        return None
    schema = wanted.get("json_schema", {}).get("schema")
    return schema if isinstance(schema, dict) else None


def facts(messages: list[dict[str, Any]]) -> dict[str, str]:
    """name, zip, address, problem and visit, as far as the caller has said them."""
    said = caller_lines(messages)
    patterns = {"name": _NAME, "address": _ADDRESS, "problem": _PROBLEM, "visit": _VISIT, "zip": _ZIP}
    found: dict[str, str] = {}
    for fact, pattern in patterns.items():
        text = said.replace(found["address"], " ") if fact == "zip" and "address" in found else said
        matches = [m.group(m.lastindex or 0).strip() for m in pattern.finditer(text)]
        if matches:
            found[fact] = matches[0 if fact == "problem" else -1]
    return found


def claims(messages: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """What the caller's last line says of intent, answer, danger and correction, each with the words that say it."""
    line = last_line(messages)
    found = {}
    for name, kinds in _CLAIMS.items():
        said = ((kind, re.search(rf"\b(?:{words})", line, re.IGNORECASE)) for kind, words in kinds.items())
        told = next(((kind, match[0].strip()) for kind, match in said if match), None)
        if told:
            found[name] = {"is": told[0], "words": told[1]}
    return found


def last_line(messages: list[dict[str, Any]]) -> str:
    """The caller's last line."""
    return next((line for line in reversed(caller_lines(messages).split("\n")) if line.strip()), "")


def extract(schema: dict[str, Any], messages: list[dict[str, Any]]) -> Any:
    """A value that satisfies the schema, filled with what the caller has said."""
    return _fill(schema, "", {**facts(messages), **claims(messages)}, schema)


def invent(schema: dict[str, Any]) -> Any:
    """A value that satisfies the schema, filled with what nobody has said."""
    lies = {name: {"is": next(reversed(kinds)), "words": _NOBODYS_WORDS} for name, kinds in _CLAIMS.items()}
    return _fill(schema, "", {**INVENTED, **lies}, schema)


def caller_lines(messages: list[dict[str, Any]]) -> str:
    """What the caller has said so far, a line each."""
    said = "\n".join(text_of(m) for m in messages if m.get("role") == "user")
    return _SPEAKER.sub("", _AGENT_LINE.sub("", said))


_HINTS: Final = {
    "zip": ("zip", "postal"),
    "address": ("address", "street"),
    "problem": ("problem", "issue", "symptom", "description", "reason"),
    "name": ("name",),
    "visit": ("visit",),
}


def _fact_for(name: str, known: dict[str, Any]) -> Any:
    if name in _CLAIMS:
        return known.get(name)
    name = name.lower()
    return next((known.get(fact) for fact, hints in _HINTS.items() if any(hint in name for hint in hints)), None)


def _fill(schema: dict[str, Any], name: str, known: dict[str, Any], root: dict[str, Any]) -> Any:
    if "$ref" in schema:
        target: Any = root
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        return _fill(target, name, known, root)
    fact = _fact_for(name, known)
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return _choose(list(schema[union]), name, known, root)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _choose([schema | {"type": one} for one in kind], name, known, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        neutral = (fact, None, "unknown", "none", "other")
        return next((value for value in neutral if value in schema["enum"]), schema["enum"][0])
    if kind == "object":
        properties: dict[str, Any] = schema.get("properties", {})
        return (
            fact
            if isinstance(fact, dict)
            else {key: _fill(value, key, known, root) for key, value in properties.items()}
        )
    if kind == "array":
        return []
    if kind == "boolean":
        return False
    if kind in ("integer", "number"):
        return int(fact) if fact and fact.isdecimal() else schema.get("minimum", 0)
    return None if kind == "null" else fact or ""


def _choose(options: list[dict[str, Any]], name: str, known: dict[str, Any], root: dict[str, Any]) -> Any:
    """Of a nullable type: what was said, else null."""
    nullable = any(option.get("type") == "null" for option in options)
    value = _fill(next(o for o in options if o.get("type") != "null"), name, known, root)
    if not nullable or (isinstance(value, dict) and name not in _CLAIMS):
        return value
    return value if _fact_for(name, known) is not None else None
