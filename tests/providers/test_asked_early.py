"""What is asked of a vendor early is taken by whoever asks for the very same, or ended."""

import asyncio
from typing import Any

import pytest

from providers.asked_early import KEPT_SECONDS, AskedEarly

CONTROLLED_CLOCK = True


class Vendor:
    """Answers after a second, and knows what became of each request and each answer."""

    def __init__(self) -> None:
        self.became: dict[str, str] = {}
        self.early = AskedEarly[str](self._close)
        self.taken = 0

    def takes(self) -> None:
        self.taken += 1

    async def _close(self, answer: str) -> None:
        await asyncio.sleep(0.1)
        self.became[answer] = "closed"

    async def anew(self) -> str:
        return "anew"

    async def answer(self, text: str) -> str:
        self.became[text] = "asked"
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            self.became[text] = "cut off"
            raise
        self.became[text] = "answered"
        return text


@pytest.mark.parametrize("seconds", [0.5, 2.0])
async def test_the_very_same_finds_its_answer_on_its_way(seconds: float) -> None:
    """Or there; it is the taker's from then on: nobody else gets it, and nobody ends it."""
    vendor, now = Vendor(), asyncio.get_running_loop().time
    began = now()
    vendor.early.ask("key", vendor.answer("a"), vendor.takes)
    await asyncio.sleep(seconds)
    assert await vendor.early.answer("key", vendor.anew) == "a"
    assert now() - began == pytest.approx(max(1.0, seconds))
    assert await vendor.early.answer("key", vendor.anew) == "anew"
    vendor.early.drop()
    await asyncio.sleep(2 * KEPT_SECONDS)
    assert (vendor.became, vendor.taken) == ({"a": "answered"}, 1)


async def drops(vendor: Vendor) -> None:
    vendor.early.drop()


async def asks_for_another(vendor: Vendor) -> None:
    assert await vendor.early.answer("another key", vendor.anew) == "anew"


async def asks_the_next(vendor: Vendor) -> None:
    vendor.early.ask("key", vendor.answer("b"), vendor.takes)


async def forgets(vendor: Vendor) -> None:
    await asyncio.sleep(KEPT_SECONDS)


@pytest.mark.parametrize("happens", [drops, asks_for_another, asks_the_next, forgets])
@pytest.mark.parametrize("seconds", [0.5, 2.0])
async def test_what_nobody_takes_is_ended(happens: Any, seconds: float) -> None:
    """A request that is under way is cut off, an answer that is there is closed."""
    vendor = Vendor()
    vendor.early.ask("key", vendor.answer("a"), vendor.takes)
    await asyncio.sleep(seconds)
    await happens(vendor)
    await asyncio.sleep(0.2)
    there = seconds >= 1 or happens is forgets
    assert (vendor.became["a"], vendor.taken) == ("closed" if there else "cut off", 0)
    assert await vendor.early.answer("key", vendor.anew) == ("b" if happens is asks_the_next else "anew")


async def test_a_failure_is_the_takers_alone() -> None:
    """Whoever takes it meets it; one that nobody takes is no error of anybody."""
    vendor, unmet = Vendor(), list[dict[str, Any]]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unmet.append(context))

    async def fails() -> str:
        raise ConnectionError

    vendor.early.ask("key", fails(), vendor.takes)
    await asyncio.sleep(0)
    with pytest.raises(ConnectionError):
        await vendor.early.answer("key", vendor.anew)
    vendor.early.ask("key", fails(), vendor.takes)
    await asyncio.sleep(0.1)
    vendor.early.drop()
    await asyncio.sleep(0.1)
    assert unmet == []


async def test_what_comes_as_its_taker_is_cut_off_is_closed() -> None:
    """A barge-in in the very moment in which the stream is there leaves no connection open."""
    vendor, taking = Vendor(), list[asyncio.Task[str]]()
    vendor.early.ask("key", vendor.answer("a"), vendor.takes)
    coming = vendor.early._task
    assert coming is not None
    coming.add_done_callback(lambda _: taking[0].cancel())
    taking.append(asyncio.create_task(vendor.early.answer("key", vendor.anew)))
    with pytest.raises(asyncio.CancelledError):
        await taking[0]
    await asyncio.sleep(0.2)
    assert (vendor.became, vendor.taken) == ({"a": "closed"}, 1)  # It was asked for, whatever came of that.
