"""The README's picture of a call is what that call looks like now."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from simulator import __main__ as command
from simulator.calls.batch import Case, Placing, place
from simulator.calls.picture import PictureError, picture
from simulator.calls.screen import Verdict
from simulator.rig import fixed_lines
from simulator.rig.bot_host import ROOT
from simulator.scenarios.scenario import load
from simulator.virtual_time import process
from simulator.virtual_time.process import Job

pytestmark = pytest.mark.calls


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    """What `make call FAST=1` places, kept elsewhere."""
    placing = Placing(tmp_path_factory.mktemp("call"), fixed_lines.kept(1.0))
    done = process.run(Job(place, load("booking").starts_at, placing.seed, (Case("booking"), placing)))
    return replace(done.result, cpu_seconds=done.cpu_seconds)


def test_the_picture_is_of_this_call(call: Verdict) -> None:
    """After a change that can be heard or seen: make call FAST=1 ARGS="--svg docs/call.svg"."""
    assert picture(call) == (ROOT / "docs/call.svg").read_text()


def test_nothing_in_it_is_of_this_machine_or_this_day(call: Verdict) -> None:
    """The same call kept elsewhere gives the same picture; it fetches nothing."""
    drawn = picture(call)
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\((?!#)", drawn)
    assert str(Path(str(call.folder)).name) not in drawn
    assert "processor seconds" not in drawn


def test_nothing_that_was_said_is_cut_off(call: Verdict) -> None:
    """Every word of the longest line is there, and no text ends behind the edge."""
    drawn = picture(call)
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", drawn)
    shown = " ".join(unescape(text).replace("\xa0", " ") for text in texts)
    assert "Shall I book it?" in re.sub(" +", " ", shown)
    width = float(re.findall(r'viewBox="0 0 ([\d.]+)', drawn)[0])
    ends = re.findall(r'<text class="call-r\d+" x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)"', drawn)
    assert len(ends) > 100
    assert max(float(x) + float(length) for x, length in ends) < width


def test_a_picture_is_of_one_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before anything is placed."""
    assert command.main(["--scenario", "all", "--svg", str(tmp_path / "x.svg")]) == command.UNUSABLE
    assert "one call" in capsys.readouterr().out


def test_a_call_without_an_end_has_no_picture(tmp_path: Path) -> None:
    """There is no timeline then."""
    with pytest.raises(PictureError, match="nothing to draw"):
        picture(Verdict("booking", "", ["the bot died"], folder=tmp_path))
