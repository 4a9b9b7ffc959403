import logging
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import config
from config import (
    REQUIRED,
    WARN_WHEN_MISSING,
    ConfigError,
    Settings,
    load,
    load_some,
    log_level,
    secret_values,
    validate_config,
)
from config_forms import doubts, ranges

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SECRETS = ("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY", "TWILIO_AUTH_TOKEN", "V2_API_KEY",
           "DASHBOARD_WEBHOOK_SECRET", "OPERATOR_TOKEN")  # fmt: skip
CHECK = """
import logging
logging.basicConfig(level=logging.INFO, format="%(asctime)s | %(levelname)s | %(name)s | %(message)s")
import config
config.validate_config()
print("started")
"""


def start(environ: dict[str, str], folder: Path, program: tuple[str, ...] = ("-c", CHECK)) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that checks its configuration."""
    ran = subprocess.run(
        [sys.executable, *program],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)} | environ,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


def bot(folder: Path) -> tuple[str, ...]:
    """The program of the service, in a folder of its own: no developer's .env lies beside it."""
    shutil.copy(ROOT / "bot.py", folder)
    return ("bot.py",)


def test_required_are_the_six_of_the_design() -> None:
    """settings.md: these six and no others."""
    assert sorted(REQUIRED) == sorted(
        ["OPENAI_API_KEY", "DEEPGRAM_API_KEY", "INWORLD_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
         "V2_BACKEND_URL"]
    )  # fmt: skip


def test_missing_names_end_the_process_with_one_message(tmp_path: Path) -> None:
    """Nothing set: exit 78, one line on stderr, all six names in it."""
    code, out, err = start({}, tmp_path)
    assert (code, out, len(err.splitlines())) == (78, "", 1)
    assert err.split(" | ")[1:3] == ["CRITICAL", "config"]
    assert [name for name in REQUIRED if name not in err] == []


@pytest.mark.parametrize("missing", REQUIRED)
def test_each_required_name_is_required(environ: dict[str, str], missing: str) -> None:
    """Whichever one is missing is named, and it alone."""
    del environ[missing]
    with pytest.raises(ConfigError) as raised:
        load(environ)
    assert [name for name in REQUIRED if name in str(raised.value)] == [missing]


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_blank_counts_as_missing(environ: dict[str, str], tmp_path: Path, blank: str) -> None:
    """X24: a blank value is named like one that is not there, beside those that are not."""
    del environ["TWILIO_AUTH_TOKEN"]
    code, _, err = start(environ | {"DEEPGRAM_API_KEY": blank}, tmp_path)
    assert (code, len(err.splitlines())) == (78, 1)
    assert "missing: DEEPGRAM_API_KEY, TWILIO_AUTH_TOKEN." in err


@pytest.mark.parametrize(
    "url",
    ["v2.example.com", "ftp://v2.example.com", "https://", "https:///path", "http://a b", "http://v2:port", "//v2"],
)
def test_a_backend_url_that_is_none_is_an_error(environ: dict[str, str], url: str) -> None:
    """X24: V2_BACKEND_URL must be an http(s) URL."""
    with pytest.raises(ConfigError, match="V2_BACKEND_URL is no http/https URL"):
        load(environ | {"V2_BACKEND_URL": url})


def test_missing_and_wrong_come_in_one_message(environ: dict[str, str], tmp_path: Path) -> None:
    """Whatever is missing and whatever is wrong is told at once: all names, then a line for each wrong one."""
    del environ["OPENAI_API_KEY"]
    wrong = {"V2_BACKEND_URL": "nowhere", "PORT": "http", "TIMEZONE": "Texas/Austin", "VERIFY_TWILIO": "perhaps"}
    code, _, err = start(environ | wrong, tmp_path)
    first, *lines = err.splitlines()
    assert (code, len(lines)) == (78, len(wrong))
    assert [name for name in ("OPENAI_API_KEY", *wrong) if name not in first] == []


def test_what_is_optional_is_warned_about(environ: dict[str, str], tmp_path: Path) -> None:
    """Each optional one that is missing gets one warning, V2's key among them (R92, R100); the process goes on."""
    code, out, err = start(environ | {"V2_API_KEY": " ", "PUBLIC_URL": "https://ace.example.com"}, tmp_path)
    assert (code, out) == (0, "started\n")
    assert len(err.splitlines()) == len(WARN_WHEN_MISSING)
    assert "V2_API_KEY" in WARN_WHEN_MISSING
    for name, line in zip(WARN_WHEN_MISSING, err.splitlines(), strict=True):
        assert f" | WARNING | config | {name} is not set" in line


def test_nothing_is_warned_about_when_all_is_set(environ: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """A complete configuration starts in silence."""
    urls = {name: f"http://127.0.0.1:9/{name}" for name in WARN_WHEN_MISSING if name.endswith("_URL")}
    others = {"V2_API_KEY": "key", "DASHBOARD_WEBHOOK_SECRET": "secret", "DASHBOARD_USER_EMAIL": "owner@example.com",
              "INWORLD_VOICE_ID": "Ashley", "DEEPGRAM_TTS_VOICE": "aura-2-helena-en"}  # fmt: skip
    assert urls.keys() | others.keys() == WARN_WHEN_MISSING.keys()
    validate_config(environ | urls | others | {"FLY_APP_NAME": "ace"})
    assert caplog.messages == []


def test_the_retired_url_names_its_successors(environ: dict[str, str], tmp_path: Path) -> None:
    """DASHBOARD_WEBHOOK_URL is ignored, and one warning says what to set instead."""
    code, _, err = start(environ | {"DASHBOARD_WEBHOOK_URL": "https://d.example.com/api/webhook"}, tmp_path)
    (line,) = [line for line in err.splitlines() if "DASHBOARD_WEBHOOK_URL" in line]
    assert code == 0
    assert " | WARNING | " in line
    assert all(f"DASHBOARD_{name}_URL" in line for name in ("JOBS", "CALLS", "ALERTS"))
    assert "d.example.com" not in err


def test_the_dashboard_urls_are_never_derived_from_each_other(environ: dict[str, str]) -> None:
    """One of the three set: the others stay unset."""
    settings = load(environ | {"DASHBOARD_JOBS_URL": "https://d.example.com/api/webhook/jobs"})
    assert (settings.dashboard_calls_url, settings.dashboard_alerts_url) == (None, None)
    assert not settings.dashboard_configured


@pytest.mark.parametrize("level", ["DEBUG", "info", " Warning ", "ERROR", "critical"])
def test_levels_are_known_in_any_case(level: str, caplog: pytest.LogCaptureFixture) -> None:
    """logging's five names, in any case."""
    assert log_level(level) == level.strip().upper()
    assert caplog.messages == []


@pytest.mark.parametrize("level", [None, "", "  "])
def test_no_level_is_info(level: str | None, caplog: pytest.LogCaptureFixture) -> None:
    """Unset and blank are the default, not a mistake."""
    assert log_level(level) == "INFO"
    assert caplog.messages == []


@pytest.mark.parametrize("level", ["VERBOSE", "10", "NOTSET", "TRACE", "WARN ING"])
def test_a_wrong_level_falls_back_to_info_with_a_warning(
    environ: dict[str, str], level: str, caplog: pytest.LogCaptureFixture
) -> None:
    """X24: a wrong LOG_LEVEL costs a warning, not the start."""
    assert load(environ | {"LOG_LEVEL": level}).log_level == "INFO"
    (record,) = caplog.records
    assert (record.levelno, repr(level) in record.getMessage()) == (logging.WARNING, True)


def test_secrets_are_never_printed(environ: dict[str, str], tmp_path: Path) -> None:
    """Neither the refusal, the warnings nor the settings' own text contain a secret."""
    secrets = {name: f"s3cret-{name.lower()}" for name in SECRETS}
    _, out, err = start(environ | secrets | {"V2_BACKEND_URL": "wrong", "PORT": "wrong"}, tmp_path)
    _, out2, err2 = start(environ | secrets, tmp_path)
    settings = load(environ | secrets)
    assert "s3cret" not in "".join((out, err, out2, err2, repr(settings), str(settings), settings.model_dump_json()))


def test_every_secret_is_known_to_the_log(environ: dict[str, str]) -> None:
    """secret_values(): each secret that is set, and the password of the database as it is and decoded."""
    url = "postgresql://bot:p%40ssword@127.0.0.1/bot"
    settings = load(environ | {name: f"s3cret-{name.lower()}" for name in SECRETS} | {"DATABASE_URL": url})
    assert set(secret_values(settings)) == {f"s3cret-{n.lower()}" for n in SECRETS} | {"p%40ssword", "p@ssword"}


def test_lists_are_separated_by_commas(environ: dict[str, str]) -> None:
    """ZIP prefixes and pauses are lists."""
    settings = load(environ | {"SERVICE_AREA_ZIP_PREFIXES": "787, 786,", "DELIVERY_PAUSES_SECONDS": "0.1,2"})
    assert settings.service_area_zip_prefixes == ("787", "786")
    assert settings.delivery_pauses_seconds == (0.1, 2.0)


def test_deliveries_go_on_for_three_days() -> None:
    """contract.md 2.1: growing pauses for three days."""
    pauses = Settings.model_fields["delivery_pauses_seconds"].default
    assert list(pauses) == sorted(pauses)
    assert 3 <= sum(pauses) / (24 * 3600) < 3.1


@pytest.mark.parametrize(
    ("environ_of_place", "origin", "stream_url"),
    [
        ({}, "http://127.0.0.1:8765", "ws://127.0.0.1:8765/ws/twilio"),
        ({"FLY_APP_NAME": "ace"}, "https://ace.fly.dev", "wss://ace.fly.dev/ws/twilio"),
        (
            {"FLY_APP_NAME": "ace", "PUBLIC_URL": "https://call.ace.com/"},
            "https://call.ace.com",
            "wss://call.ace.com/ws/twilio",
        ),
    ],
)
def test_origin_is_what_twilio_sees(
    environ: dict[str, str], environ_of_place: dict[str, str], origin: str, stream_url: str
) -> None:
    """PUBLIC_URL, else Fly's name, else this machine; the stream's URL has exactly the text that Twilio signs."""
    settings = load(environ | environ_of_place)
    assert (settings.origin, settings.stream_url) == (origin, stream_url)


def test_settings_come_from_the_given_environment_alone(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process' own environment says does not reach settings that were given theirs."""
    monkeypatch.setenv("PORT", "1")
    assert load(environ).port == 8765


def test_main_prints_the_settings_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """--env-example and --markdown name every setting once; anything else is refused with the usage."""
    for page, form in (("--env-example", "{}="), ("--markdown", "| `{}` |")):
        assert config.main([page]) == 0
        printed = capsys.readouterr().out
        assert [n for n in Settings.model_fields if printed.count(form.format(n.upper())) < 1] == []
    assert config.main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name.endswith("_url")])
def test_the_scheme_of_an_address_is_in_small_letters(environ: dict[str, str], name: str) -> None:
    """However it is written: the address of the stream is made of it, and it is compared."""
    known = {"database_url": "postgres://u:p@h/d", "deepgram_base_url": "wss://d.example.com"}
    right = known.get(name, "https://d.example.com")
    scheme, _, rest = right.partition("://")
    settings = load(environ | {name.upper(): f"{scheme.upper()}://{rest}"})
    assert getattr(settings, name) == right
    assert settings.stream_url.startswith(("wss://", "ws://"))


@pytest.mark.parametrize("name", [n for n in Settings.model_fields if n.endswith("_url") and n != "database_url"])
def test_no_address_has_a_password_in_it(environ: dict[str, str], name: str) -> None:
    """Except that of the database, which the log hides: addresses are logged."""
    scheme = "wss" if name == "deepgram_base_url" else "https"
    with pytest.raises(ConfigError, match=f"{name.upper()} has a user or a password in it") as refused:
        load(environ | {name.upper(): f"{scheme}://ann:hush-hush@d.example.com"})
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("key", ["test", "test-key", "x", "sk-test", "dummy", "key", "secret", "missing", "QUJDX0VG=="])
def test_a_made_up_key_starts(environ: dict[str, str], key: str) -> None:
    """Only what nobody takes for a key is refused by its form; whether one is right, the doctor asks."""
    load(environ | dict.fromkeys(SECRETS, key))


@pytest.mark.parametrize("name", ["My Guys Heating", "Your Comfort Air", "Here & Now Cooling", "X Air"])
def test_a_business_may_be_called_so(environ: dict[str, str], name: str) -> None:
    """A name is a placeholder as a whole, and not by its first word."""
    assert load(environ | {"BUSINESS_NAME": name}).business_name == name


@pytest.mark.parametrize("number", ["+15125550100", "+18005550100", "+442079460018", "+525512345678", "+34600123456"])
def test_a_number_that_can_be_dialled_is_neither_refused_nor_doubted(environ: dict[str, str], number: str) -> None:
    """Those of films among them, and those of other countries."""
    known = {"FALLBACK_NUMBER": number, "TRANSFER_NUMBER": number}
    settings = load(environ | known)
    assert settings.fallback_number == settings.transfer_number == number
    assert [line for line in config.warnings(settings, environ | known) if doubts.ABROAD in line] == []


def test_every_number_has_a_range_or_needs_none(environ: dict[str, str]) -> None:
    """Outside of it the start warns: nobody adds a deadline without having thought of it. The defaults are inside."""
    numbers = {
        name
        for name, field in Settings.model_fields.items()
        if not isinstance(field.default, bool) and isinstance(field.default, int | float)
    }
    assert set(ranges.RANGES) | ranges.WITHOUT == numbers
    assert set(ranges.RANGES) & ranges.WITHOUT == set()
    assert list(config.unusual(load(environ))) == []


@pytest.mark.parametrize("name", ranges.RANGES)
def test_each_range_is_warned_about_and_no_more(environ: dict[str, str], name: str) -> None:
    """On both sides, with what callers meet, if anything; the service starts all the same."""
    for bound, said in zip(ranges.RANGES[name][:2], ranges.RANGES[name][2:], strict=True):
        if not said:
            continue
        inside = int(bound) if name.startswith("max_") and bound >= 1 else bound
        outside = (inside - 1 if inside > 1 else inside / 2) if said == ranges.RANGES[name].below else inside + 1
        assert not [
            p for p in config.unusual(load(environ | {name.upper(): f"{inside:g}"})) if p.names == (name.upper(),)
        ]
        found = [p.line for p in config.unusual(load(environ | {name.upper(): f"{outside:g}"}))]
        assert len(found) == 1
        assert said in found[0]


class TestBot:
    """The same, as it is run: `python bot.py`."""

    def test_missing_names_end_it_with_one_message(self, tmp_path: Path) -> None:
        """Nothing set: exit 78, and one line names all six."""
        code, _, err = start({}, tmp_path, bot(tmp_path))
        critical = [line for line in err.splitlines() if " | CRITICAL | " in line]
        assert (code, len(critical)) == (78, 1), err
        assert [name for name in REQUIRED if name not in critical[0]] == []
        assert "Traceback" not in err

    def test_what_is_in_the_env_file_counts(self, environ: dict[str, str], tmp_path: Path) -> None:
        """X24: what .env sets is not missing, its LOG_LEVEL is the level, and the start writes in the one format."""
        program = ("-c", "import bot, logging; print(logging.getLogger().level)")
        bot(tmp_path)
        (tmp_path / ".env").write_text("\n".join(f"{k}={v}" for k, v in environ.items()) + "\nLOG_LEVEL=warning\n")
        code, out, err = start({}, tmp_path, program)
        assert (code, out) == (0, f"{logging.WARNING}\n"), err
        form = re.compile(r"[0-9 :,-]{23} \| WARNING \| [\w.]+ \| .+")
        assert [line for line in err.splitlines() if not form.fullmatch(line)] == []

    def test_a_wrong_level_is_warned_about(self, environ: dict[str, str], tmp_path: Path) -> None:
        """The wrong LOG_LEVEL is named in a warning before anything else can fail."""
        del environ["OPENAI_API_KEY"]
        code, _, err = start(environ | {"LOG_LEVEL": "LOUD"}, tmp_path, bot(tmp_path))
        assert code == 78
        assert "'LOUD'" in "".join(line for line in err.splitlines() if " | WARNING | " in line)

    def test_secrets_are_never_printed(self, environ: dict[str, str], tmp_path: Path) -> None:
        """The refusal contains no value of a secret."""
        secrets = {name: f"s3cret-{name.lower()}" for name in SECRETS}
        code, out, err = start(
            environ | secrets | {"V2_BACKEND_URL": "wrong", "LOG_LEVEL": "DEBUG"}, tmp_path, bot(tmp_path)
        )
        assert code == 78
        assert "s3cret" not in out + err


def test_what_needs_a_few_settings_needs_no_other() -> None:
    """Missing keys are none of its business, nor wrong ones; its own have to be right. No stand-in is a secret."""
    known = {"DATA_DIR": "/data", "TIMEZONE": "America/Denver", "DIAGNOSTIC_FEE": "cheap", "V2_API_KEY": "key-of-v2"}
    settings = load_some(known, ("DATA_DIR", "TIMEZONE"))
    assert (settings.data_dir, settings.zone.key, settings.diagnostic_fee) == ("/data", "America/Denver", 89)
    assert secret_values(settings) == ("key-of-v2",)
    with pytest.raises(ConfigError, match=r"^DIAGNOSTIC_FEE is no whole number"):
        load_some(known, ("DIAGNOSTIC_FEE",))


def test_few_settings_are_those_of_the_start(environ: dict[str, str]) -> None:
    assert load_some(environ, ("DATA_DIR",)) == load(environ)
