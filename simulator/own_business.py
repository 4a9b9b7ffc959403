"""One's own business in a simulated call: what a file of settings says of it, and nothing else of that file.

Guarantees that no key, address or number of the file gets into the call: only the settings named here are read.
"""

from collections.abc import Mapping
from pathlib import Path

from call.business import OF_THE_BUSINESS
from config import REQUIRED, ConfigError, load, of_the_file
from simulator.scenarios.scenario import Scenario

SERVED_BY_DEFAULT = "787"
FEE_BY_DEFAULT = ("89", "89|eighty")  # As the scenarios expect to hear it
NOTE = (
    "your business; what the scenario expects is written for the one of the defaults: what differs is named at the end."
    " The clocks are those of Austin, where the calendar is: your hours are heard as they are, in any TIMEZONE"
)


def business_in(path: Path) -> dict[str, str]:
    """What the file says of the business; what it leaves open is the default, and so is the zone of the calendar.

    Raises:
        ValueError: there is no such file, or what it says of the business is wrong: a line for each.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}: ENV names one with your settings, such as .env")
    written = {entry.name: entry.value.strip() for entry in of_the_file(path)}
    own = {name: value for name in OF_THE_BUSINESS if (value := written.get(name))}
    try:
        load(
            dict.fromkeys(REQUIRED, "unused")
            | {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "V2_BACKEND_URL": "http://127.0.0.1"}
            | own
        )
    except ConfigError as error:
        wrong = str(error).splitlines()[1:]
        raise ValueError("\n".join((f"{path} says of your business what cannot be:", *wrong))) from None
    return {name: value for name, value in own.items() if name != "TIMEZONE"}


def calling_it(scenario: Scenario, business: Mapping[str, str]) -> Scenario:
    """The scenario as it calls this business: its fee is to be heard, and the caller lives where it comes to."""
    fee = business.get("DIAGNOSTIC_FEE", "")
    heard = [fee if fee and pattern in FEE_BY_DEFAULT else pattern for pattern in scenario.expect.heard]
    prefixes = business.get("SERVICE_AREA_ZIP_PREFIXES", SERVED_BY_DEFAULT).split(",")
    home = "".join(scenario.persona.facts.get("zip", "").split())
    facts = dict(scenario.persona.facts)
    if home.startswith(SERVED_BY_DEFAULT) and home.isdigit():
        facts["zip"] = " ".join(_in_the_area(home, tuple(filter(None, (prefix.strip() for prefix in prefixes)))))
    return scenario.model_copy(
        update={
            "persona": scenario.persona.model_copy(update={"facts": facts}),
            "expect": scenario.expect.model_copy(update={"heard": heard}),
        }
    )


def _in_the_area(zip_code: str, prefixes: tuple[str, ...]) -> str:
    """The ZIP code itself if it is served, else one that is."""
    return zip_code if zip_code.startswith(prefixes) else prefixes[0] + zip_code[len(prefixes[0]) :]
