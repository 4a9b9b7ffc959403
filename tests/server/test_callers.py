"""How many calls one number may have."""

from server.callers import HOUR_SECONDS, RINGING_SECONDS, Callers
from server.live_calls import LiveCalls

ONE, OTHER = "+15125550100", "+15125550111"


class Desk:
    """Three lines and five calls an hour for each number."""

    def __init__(self) -> None:
        self.now, self.calls = 0.0, LiveCalls(16)
        self.callers = Callers(3, 5, self.calls, lambda: self.now)

    def rings(self, call_id: str, number: str = ONE) -> bool:
        """Whether it may; if so its stream begins at once."""
        may = self.callers.may_call(number, call_id)
        if may:
            self.calls.add(call_id)
        return may

    def ends(self, call_id: str) -> None:
        live = self.calls.get(call_id)
        assert live is not None
        self.calls.discard(live)


def test_three_lines_and_no_more() -> None:
    """Another number has its own; one that ended makes room, once it could not still be ringing."""
    desk = Desk()
    assert [desk.rings(f"CA{number}") for number in range(5)] == [True, True, True, False, False]
    assert desk.rings("CA9", OTHER)
    desk.ends("CA1")
    desk.now += RINGING_SECONDS
    assert [desk.rings("CA5"), desk.rings("CA6")] == [True, False]


def test_calls_that_ring_count_before_they_are_live() -> None:
    """Eighteen at once are not let in together; one whose stream never came counts no longer."""
    desk = Desk()
    assert [desk.callers.may_call(ONE, f"CA{number}") for number in range(18)] == [True] * 3 + [False] * 15
    desk.now += RINGING_SECONDS
    assert desk.rings("CA20")


def test_the_same_call_again_is_no_other() -> None:
    """Twilio asks again when an answer was lost."""
    desk = Desk()
    assert all(desk.callers.may_call(ONE, "CA1") for _ in range(10))


def test_five_an_hour() -> None:
    """However short they are; those that were refused do not count, and a long one does not end the count."""
    desk = Desk()
    assert desk.rings("CA0")
    for number in range(1, 5):
        desk.now += RINGING_SECONDS
        assert desk.rings(f"CA{number}")
        desk.ends(f"CA{number}")
    for number in range(5, 100):
        desk.now += RINGING_SECONDS
        assert not desk.rings(f"CA{number}")
    desk.now += HOUR_SECONDS
    assert [desk.rings(f"CB{number}") for number in range(3)] == [True, True, False]


def test_nobodys_number_is_not_counted() -> None:
    """Withheld, or the shop's own on a forwarded line: they are not one caller."""
    desk = Desk()
    assert all(desk.rings(f"CA{one}", "") for one in range(30))
