"""What an operator reads of those who are not let in."""

import pytest

from server.refusals import Refusals


def test_the_log_tells_both_addresses(caplog: pytest.LogCaptureFixture) -> None:
    """And no more of a query than that there was one: it holds numbers."""
    seconds = iter([0.0, 0.0, 1.0, 61.0, 61.0])
    refusals = Refusals(clock=lambda: next(seconds))
    for elsewhere in ("https://b.test/twiml?From=%2B15125550143", "https://b.test/twiml", "https://c.test/twiml"):
        refusals.note_signature("https://a.test/twiml", elsewhere)
    first, second = caplog.messages
    assert first.startswith(
        "request refused, checked against https://a.test/twiml and signed for https://b.test/twiml: "
    )
    assert "signed for https://c.test/twiml" in second
    assert second.endswith(" (1 more)")
