"""Texts by Twilio's REST API, against its stand-in: what a request came to, and whether a text went out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

import config
from config import Settings
from providers.twilio_messages import Answer, Became, Fate, NoAnswerError, TwilioMessages
from simulator.faults import Faults
from simulator.phone.twilio import TwilioStandIn
from tests.support.scripted_server import refused_url

CONTROLLED_CLOCK = True

OURS, OWNER = "+15125550199", "+15125550177"


@dataclass
class Line:
    """The client, Twilio, and what is broken of it."""

    client: TwilioMessages
    twilio: TwilioStandIn
    faults: Faults

    @property
    def made(self) -> list[str]:
        return [message.body for message in self.twilio.messages.made]


def made(environ: dict[str, str], url: str) -> Settings:
    return config.load(environ | {"TWILIO_API_BASE_URL": url, "TWILIO_PHONE_NUMBER": OURS, "OWNER_PHONE": OWNER})


@pytest.fixture
async def line(environ: dict[str, str]) -> AsyncIterator[Line]:
    sid, token, faults = environ["TWILIO_ACCOUNT_SID"], environ["TWILIO_AUTH_TOKEN"], Faults()
    async with TwilioStandIn(account_sid=sid, auth_token=token, voice=lambda _: b"", faults=faults) as twilio:
        client = TwilioMessages(made(environ, twilio.base_url))
        yield Line(client, twilio, faults)
        await client.close()


async def test_a_text_goes_out(line: Line) -> None:
    """From our number to the owner's, word for word; it is found again, and it arrives."""
    sent = await line.client.send(OWNER, "Gas at Dana's, 12345678")
    assert sent.answer is Answer.ACCEPTED
    (message,) = line.twilio.messages.made
    assert (message.sid, message.sender, message.recipient) == (sent.sid, OURS, OWNER)
    assert await line.client.find(OWNER, "Gas at Dana's, 12345678") == sent.sid


@pytest.mark.parametrize(
    ("mode", "answer", "detail"),
    [
        ("invalid", Answer.REFUSED, "400 21211"),
        ("unsubscribed", Answer.REFUSED, "400 21610"),
        ("429", Answer.NOT_SENT, "429"),
        ("401", Answer.NOT_SENT, "401"),
        ("404", Answer.NOT_SENT, "404"),
        ("500", Answer.UNKNOWN, "500"),
        ("503", Answer.UNKNOWN, "503"),
        ("down", Answer.UNKNOWN, "ServerDisconnectedError"),
        ("hang", Answer.UNKNOWN, "TimeoutError"),
        ("html", Answer.UNKNOWN, "JSONDecodeError"),
    ],
)
async def test_what_a_request_came_to_that_sent_nothing(line: Line, mode: str, answer: Answer, detail: str) -> None:
    """Refused for good, not sent for certain, or nobody knows; what nobody knows is found out by looking."""
    line.faults.set("messages", mode, 1)
    sent = await line.client.send(OWNER, "a text")
    assert sent.answer is answer
    assert sent.detail.startswith(detail)
    assert line.made == []
    assert await line.client.find(OWNER, "a text") == ""


@pytest.mark.parametrize("mode", ["lost_answer", "hang_body", "empty", "garbage", "stall", "die"])
async def test_a_text_of_which_nobody_was_told_is_found(line: Line, mode: str) -> None:
    """It went out, and its answer never came or makes no sense."""
    line.faults.set("messages", mode, 1)
    assert (await line.client.send(OWNER, "a text")).answer is Answer.UNKNOWN
    (message,) = line.twilio.messages.made
    assert await line.client.find(OWNER, "a text") == message.sid
    assert await line.client.find(OWNER, "another text") == ""
    assert await line.client.find("+15125550178", "a text") == ""


async def test_a_connection_that_is_never_made_sends_nothing(environ: dict[str, str]) -> None:
    """For certain: nobody was asked."""
    client = TwilioMessages(made(environ, refused_url()))
    sent = await client.send(OWNER, "a text")
    assert (sent.answer, sent.detail) == (Answer.NOT_SENT, "ClientConnectorError")
    await client.close()


async def test_the_words_of_a_trial_account(line: Line) -> None:
    """Twilio puts its own before ours."""
    await line.client.send(OWNER, "a text")
    line.twilio.messages.made[0].body = "Sent from your Twilio trial account - a text"
    assert await line.client.find(OWNER, "a text") == line.twilio.messages.made[0].sid


@pytest.mark.parametrize("mode", ["down", "hang", "500", "401", "html", "garbage", "stall"])
async def test_who_does_not_tell_is_not_taken_for_a_no(line: Line, mode: str) -> None:
    """Neither whether a text went out nor what became of it is guessed."""
    sent = await line.client.send(OWNER, "a text")
    line.faults.set("messages", mode)
    with pytest.raises(NoAnswerError):
        await line.client.find(OWNER, "a text")
    with pytest.raises(NoAnswerError):
        await line.client.fate(sent.sid)


async def test_what_became_of_a_text(line: Line) -> None:
    """On its way, then delivered, or refused by the carrier with its number."""
    well = await line.client.send(OWNER, "a text")
    line.faults.set("messages", "unregistered", 1)
    refused = await line.client.send(OWNER, "another text")
    assert await line.client.fate(well.sid) == Became(Fate.ON_ITS_WAY, "queued")
    await asyncio.sleep(60)
    assert await line.client.fate(well.sid) == Became(Fate.DELIVERED, "delivered")
    assert await line.client.fate(refused.sid) == Became(Fate.FAILED, "undelivered 30034")


async def test_whose_fault_a_refusal_is(line: Line) -> None:
    """A phone that takes none is its owner's matter; a number of ours that is not registered is ours."""
    for mode, theirs in (("invalid", True), ("unsubscribed", True), ("429", False)):
        line.faults.set("messages", mode, 1)
        assert (await line.client.send(OWNER, "a text")).of_the_phone is theirs
    line.faults.set("messages", "unregistered", 1)
    refused = await line.client.send(OWNER, "another text")
    await asyncio.sleep(60)
    assert not (await line.client.fate(refused.sid)).of_the_phone


async def test_what_a_carrier_refused_counts_as_not_sent(line: Line) -> None:
    """Whoever looks whether it went out finds the one that may arrive."""
    line.faults.set("messages", "unregistered", 1)
    await line.client.send(OWNER, "a text")
    await asyncio.sleep(60)
    assert await line.client.find(OWNER, "a text") == ""
    again = await line.client.send(OWNER, "a text")
    assert await line.client.find(OWNER, "a text") == again.sid
