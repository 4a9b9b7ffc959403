"""Who may see the pages about calls."""

import pytest

from config import Settings, load
from server import page_access as access

KEY, OTHER = b"operators-token", b"another-token"
NOW = 1_800_000_000.0


def test_a_session_is_good_for_its_time() -> None:
    """To the second, whatever letter of it is changed."""
    cookie = access.new_session(KEY, NOW)
    assert access.is_session(cookie, KEY, NOW)
    assert access.is_session(cookie, KEY, NOW + access.SESSION_SECONDS - 1)
    assert not access.is_session(cookie, KEY, NOW + access.SESSION_SECONDS)
    assert cookie != access.new_session(KEY, NOW)


def test_another_token_ends_all_sessions() -> None:
    assert not access.is_session(access.new_session(KEY, NOW), OTHER, NOW)


def test_a_forged_session_is_none() -> None:
    """Longer, cut, turned round, of a form, without a signature, no text at all."""
    cookie = access.new_session(KEY, NOW)
    expires, nonce, signature = cookie.split(".")
    forged = [
        "", ".", "..", "x", "é", f"{float(expires) + 1:.0f}.{nonce}.{signature}", f"{expires}.{nonce}.",
        f"{expires}.{nonce}",
        f"inf.{nonce}.{signature}", f"{expires}.{nonce[::-1]}.{signature}", f"{cookie}0", f"{cookie}é",
        f"{expires}.{nonce}.{access.form_token(KEY, f'{expires}.{nonce}')}",
    ]  # fmt: skip
    assert [cookie for cookie in forged if access.is_session(cookie, KEY, NOW)] == []
    changed = [cookie[:at] + ("1" if letter != "1" else "2") + cookie[at + 1 :] for at, letter in enumerate(cookie)]
    assert [cookie for cookie in changed if access.is_session(cookie, KEY, NOW)] == []


def test_a_form_belongs_to_its_session() -> None:
    """And to the key: where no session is needed, nobody else knows that one."""
    mine, theirs = access.new_session(KEY, NOW), access.new_session(KEY, NOW)
    given = access.form_token(KEY, mine)
    assert access.is_form_token(given, KEY, mine)
    assert not access.is_form_token(given, KEY, theirs)
    assert not access.is_form_token(given, KEY, "")
    assert not access.is_form_token("", KEY, "")
    assert not access.is_form_token(access.form_token(OTHER, ""), KEY, "")


@pytest.mark.parametrize(
    ("given", "right"), [("t0ken", True), (" t0ken\n", True), ("t0ke", False), ("", False), ("é", False)]
)
def test_only_the_token_is_the_token(given: str, right: bool) -> None:
    assert access.is_token(given, "t0ken") is right


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("127.0.0.1", "127.0.0.1:8765"), ("127.0.0.1", "localhost"), ("::1", "[::1]:8765"),
        ("127.0.0.9", "LOCALHOST:80"),
        ("::ffff:127.0.0.1", "localhost:8765"),
    ],
)  # fmt: skip
def test_a_browser_on_this_machine_is_at_home(settings: Settings, address: str, host: str) -> None:
    assert access.is_at_home(address, host, ["Accept", "Host"], settings)


@pytest.mark.parametrize(
    ("address", "host", "header"),
    [
        ("192.168.1.7", "localhost:8765", ""),
        ("172.17.0.1", "127.0.0.1:8765", ""),  # A container's gateway
        ("2001:db8::1", "localhost", ""),
        ("", "localhost", ""),
        ("testclient", "localhost", ""),
        ("127.0.0.1", "phone.example.com", ""),  # A tunnel, or a name that somebody points here
        ("127.0.0.1", "127.0.0.1.example.com", ""),
        ("127.0.0.1", "localhost.example.com", ""),
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "[::1", ""),
        ("127.0.0.1", "localhost", "X-Forwarded-For"),
        ("127.0.0.1", "localhost", "x-forwarded-host"),
        ("127.0.0.1", "localhost", "Forwarded"),
        ("127.0.0.1", "localhost", "Via"),
        ("127.0.0.1", "localhost", "Fly-Client-IP"),
        ("127.0.0.1", "localhost", "CF-Connecting-IP"),
    ],
)
def test_whoever_may_come_from_anywhere_is_not(settings: Settings, address: str, host: str, header: str) -> None:
    """Another address, another name, a word of somebody in between."""
    assert not access.is_at_home(address, host, [header], settings)


@pytest.mark.parametrize("name", ["FLY_APP_NAME", "FLY_MACHINE_ID"])
def test_nobody_is_at_home_behind_fly(environ: dict[str, str], name: str) -> None:
    at_fly = load(environ | {name: "ace-phone", "PUBLIC_URL": "https://ace-phone.fly.dev"})
    assert not access.is_at_home("127.0.0.1", "localhost", [], at_fly)


def test_wrong_tries_are_counted_for_an_address() -> None:
    """Five in a minute, then the address waits; others do not."""
    tries = access.WrongTries()
    for second in range(access.MOST_TRIES):
        assert not tries.too_many("192.0.2.1", float(second))
        tries.note("192.0.2.1", float(second))
    assert tries.too_many("192.0.2.1", 5.0)
    assert not tries.too_many("192.0.2.2", 5.0)
    assert tries.too_many("192.0.2.1", access.TRIES_SECONDS - 0.1)
    assert not tries.too_many("192.0.2.1", access.TRIES_SECONDS)


def test_no_number_of_addresses_fills_the_memory() -> None:
    """The oldest is forgotten."""
    tries = access.WrongTries()
    for number in range(2 * access.MOST_ADDRESSES):
        tries.note(str(number), 0.0)
    assert len(tries._tries) == access.MOST_ADDRESSES
