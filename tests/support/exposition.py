"""What a service tells Prometheus, read as Prometheus reads it; and the rules of promtool's linter for names.

The rules are those of github.com/prometheus/client_golang, prometheus/testutil/promlint/validations.
"""

import re
from collections.abc import Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

OTHER_UNITS = (
    "milliseconds microseconds nanoseconds minutes hours days weeks milli micro nano kilo mega giga kilobytes "
    "megabytes gigabytes bits percent ms us ns sec s min h d b kb mb gb tb m"
).split()
TYPES = "counter gauge histogram summary untyped metric".split()

Numbers = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def families(text: str) -> list[Metric]:
    """All of it."""
    return list(text_string_to_metric_families(text))


def numbers(text: str) -> Numbers:
    """Every sample, by its name and labels."""
    return {(s.name, frozenset(s.labels.items())): s.value for family in families(text) for s in family.samples}


def number(known: Numbers, name: str, **labels: str) -> float:
    """One of them; 0 where there is none."""
    return known.get((f"phone_agent_{name}", frozenset(labels.items())), 0)


def by(known: Numbers, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Those of this name that are not 0, by the values of these labels."""
    found = {tuple(dict(given)[label] for label in labels): n for (each, given), n in known.items() if each == name}
    return {values: n for values, n in found.items() if n}


def against_the_rules(text: str) -> list[str]:
    """What promtool says of it, and what our own names must be."""
    told = re.findall(r"^# HELP (\S+) .*\S", text, re.MULTILINE)
    typed = dict(re.findall(r"^# TYPE (\S+) (.*)$", text, re.MULTILINE))
    wrong = [] if told == [*typed] else ["a family without HELP or TYPE, or there twice"]
    for family in families(text):
        counter = family.type == "counter"
        name = next(n for n in typed if family.name == (n.removesuffix("_total") if counter else n))
        wrong += [f"{name}: {what}" for what in (*_about_the_name(name, family.type), *_about_the_labels(family))]
        parts = ("_bucket", "_sum", "_count") if family.type == "histogram" else ("",)
        stray = {sample.name for sample in family.samples} - {name + part for part in parts}
        wrong += [f"{one} is none of {name}" for one in stray]
    return wrong


def _about_the_name(name: str, kind: str) -> Iterator[str]:
    words = name.split("_")
    unit = words[-2] if kind == "counter" else words[-1]
    if not re.fullmatch(r"phone_agent(_[a-z0-9]+)+", name):
        yield "not in lower snake case behind our prefix"
    if kind not in ("counter", "gauge", "histogram"):
        yield f"is of the type {kind}"
    if (words[-1] == "total") != (kind == "counter"):
        yield "_total is for counters, and for all of them"
    if words[-1] in ("count", "sum", "bucket", "created", "info"):
        yield "ends as a part of another family"
    if found := [word for word in words if word in OTHER_UNITS or word in TYPES]:
        yield f"names a unit that is no base unit, or a type: {found}"
    if ("seconds" in words or kind == "histogram") and unit != "seconds":
        yield "what is measured has its unit at the end"


def _about_the_labels(family: Metric) -> Iterator[str]:
    reserved = {"quantile"} if family.type == "histogram" else {"le", "quantile"}
    for label in {label for sample in family.samples for label in sample.labels}:
        if not re.fullmatch("[a-z][a-z0-9_]*", label) or label in reserved:
            yield f"{label} is no name of a label"
        if label in ("app", "region", "host", "instance", "job"):
            yield f"{label} is the platform's own label, which would overwrite it"
