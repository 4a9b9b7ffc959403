"""Is a call on virtual time the conversation of the call in real time? Places one both ways and compares turn by turn.

`.venv/bin/python bench/same_conversation.py [SCENARIO]`, which takes as long as the call and some seconds
more. Exit code 0: who said what, and which states and tools followed, is the same. 1: it is not, and the first
difference is shown. Response times are shown beside each other, and nothing is judged by them.
"""

import argparse
import asyncio
import json
import sys
from itertools import zip_longest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulator.calls.batch import Case, run_one, run_one_fast
from simulator.calls.screen import Screen, Verdict
from simulator.rig.bot_host import ROOT
from simulator.scenarios.scenario import ScenarioError, load

TOLD = {("caller", "says"), ("bot", "said"), ("state", "state"), ("tool", "tool")}


def conversation(verdict: Verdict) -> list[str]:
    """What was said and done, in order."""
    timeline = json.loads((ROOT / str(verdict.folder) / "timeline.json").read_text())
    return [f"{e['who']}: {e['text']}" for e in timeline["events"] if (e["who"], e["what"]) in TOLD]


def main() -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("scenario", nargs="?", default="booking")
    name = parser.parse_args().scenario
    screen = Screen()
    try:
        load(name)
    except ScenarioError as error:
        screen.error(str(error))
        return 2
    real, fast = (asyncio.run(place(Case(name), screen)) for place in (run_one, run_one_fast))
    screen.say(f"\nresponse ms in real time: {[round(ms) for ms in real.response_ms]}")
    screen.say(f"response ms on virtual time: {[round(ms) for ms in fast.response_ms]}")
    said = list(zip_longest(conversation(real), conversation(fast), fillvalue="-"))
    for number, (in_real_time, on_virtual_time) in enumerate(said, 1):
        if in_real_time != on_virtual_time:
            screen.error(f"they part at {number}:\n  real time:    {in_real_time}\n  virtual time: {on_virtual_time}")
            return 1
    screen.say(f"the same conversation: {len(said)} things said and done")
    return 0 if real.passed and fast.passed else 1


if __name__ == "__main__":
    sys.exit(main())
