"""The wrong settings of wrong_settings.yaml, read in this process: test_wrong_settings.py gives each one of its own."""

from typing import Any

import pytest

from config import ConfigError, load, warnings
from tests.test_wrong_settings import CASES, right, title


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=title)
def test_a_wrong_setting_is_refused_with_what_to_do(case: dict[str, Any]) -> None:
    """The message has the setting and each of the words."""
    with pytest.raises(ConfigError) as refused:
        load(right(case))
    assert [word for word in case["error"] if word not in str(refused.value)] == []


@pytest.mark.parametrize(
    "case", [case for case in CASES if "warning" in case and "LOG_LEVEL" not in case["set"]], ids=title
)
def test_a_doubtful_setting_is_warned_about(case: dict[str, Any]) -> None:
    """In one line."""
    environ = right(case)
    told = [line for line in warnings(load(environ), environ) if line.startswith(f"{case['warning'][0]} ")]
    assert len(told) == 1
    assert [word for word in case["warning"] if word not in told[0]] == []
