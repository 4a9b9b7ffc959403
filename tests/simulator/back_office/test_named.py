"""Each measured point of the two services is shown by a test, and contract.md names it."""

import re
from pathlib import Path

HERE = Path(__file__).parent
CONTRACT = HERE.parent.parent.parent / "docs" / "contract.md"


def test_every_measured_point_is_named_with_its_tests() -> None:
    """What contract.md 0.21 names is there, and nothing is there that it does not name, for 0.1 to 0.20."""
    text = CONTRACT.read_text()
    named = set(re.findall(r"`(test_0_\w+)`", text))
    there = {
        name for path in HERE.glob("test_measured_*.py") for name in re.findall(r"def (test_0_\w+)", path.read_text())
    }
    assert named == there
    points = {int(name.split("_")[2]) for name in named}
    assert points == set(range(1, 21))
