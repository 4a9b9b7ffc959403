"""Test modules that place a few calls each place them side by side, so that they take as long as the longest.

A module decorates the function that places its calls with `@side_by_side.placed`; its fixture takes what came of it
from the session fixture `few_calls`: `few_calls[place]`. Modules that pytest has not collected place nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Placing = Callable[[Path], Awaitable[T]]

_placings: list[Placing[Any]] = []


def placed(placing: Placing[T]) -> Placing[T]:
    """`placing` gets an empty folder, places its calls, and returns what came of them."""
    _placings.append(placing)
    return placing


class FewCalls(Mapping[Placing[Any], Any]):
    """What came of each placing; one that raised raises where its result is asked for."""

    def __init__(self, folder: Callable[[str], Path]) -> None:
        """Places all calls; `folder` makes one of that name."""
        self._results = dict(zip(_placings, asyncio.run(self._place(folder)), strict=True))

    @staticmethod
    async def _place(folder: Callable[[str], Path]) -> list[Any]:
        calls = (placing(folder(placing.__module__)) for placing in _placings)
        return await asyncio.gather(*calls, return_exceptions=True)

    def __getitem__(self, placing: Placing[T]) -> T:
        """Raises what the placing raised."""
        result = self._results[placing]
        if isinstance(result, BaseException):
            raise result
        return result  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[Placing[Any]]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)
