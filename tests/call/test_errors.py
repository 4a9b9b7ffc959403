"""The errors of the service have one root, so that what a library raises is never taken for one of ours."""

import importlib
import inspect

import pytest

from call.errors import AgentError
from config import ConfigError
from tests.support.layout import MODULES, PACKAGES, ROOT


def modules() -> list[str]:
    """Every module of the service but the one that reads the environment as it is imported."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in files]
    return [name for name in [*MODULES, *names] if name != "bot"]


@pytest.mark.parametrize("name", modules())
def test_what_a_module_raises_of_its_own_has_the_root(name: str) -> None:
    """config.ConfigError apart: with it there is no service yet."""
    found = inspect.getmembers(importlib.import_module(name), inspect.isclass)
    errors = [error for _, error in found if issubclass(error, BaseException) and error.__module__ == name]
    assert [error for error in errors if not issubclass(error, AgentError) and error is not ConfigError] == []
