"""The numbers of Twilio's stand-in, with what Twilio asks about their calls (Twilio: IncomingPhoneNumber resource)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

# What a form calls them, and the resource.
FIELDS: Mapping[str, str] = {
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "VoiceApplicationSid": "voice_application_sid",
    "TrunkSid": "trunk_sid",
}
FRESH: Mapping[str, str | None] = {
    "voice_url": "https://demo.twilio.com/welcome/voice/",
    "voice_method": "POST",
    "voice_fallback_url": "",
    "voice_fallback_method": "POST",
    "status_callback": "",
    "status_callback_method": "POST",
    "voice_application_sid": None,
    "trunk_sid": None,
}


@dataclass
class IncomingNumber:
    """A number as it is when it was bought; `fields` are those that are asked for or changed."""

    number: str
    sid: str = field(default_factory=lambda: "PN" + secrets.token_hex(16))
    fields: dict[str, str | None] = field(default_factory=lambda: dict(FRESH))
    may_text: bool = True

    def change(self, form: Mapping[str, str]) -> str:
        """Takes over what a form names; the name of what is no address or method, or empty."""
        new = {name: str(form[given]) for given, name in FIELDS.items() if given in form}
        for name, value in new.items():
            if name.endswith("_method") and value not in ("GET", "POST"):
                return name
            if name.endswith(("_url", "_callback")) and value and not value.startswith(("http://", "https://")):
                return name
        self.fields |= {name: value or (None if name.endswith("_sid") else "") for name, value in new.items()}
        return ""

    def resource(self, account_sid: str) -> dict[str, object]:
        """What the API answers."""
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "phone_number": self.number,
            "friendly_name": self.number,
            "capabilities": {"voice": True, "sms": self.may_text, "mms": self.may_text, "fax": False},
            "status": "in-use",
            "date_updated": formatdate(),
            "uri": f"/2010-04-01/Accounts/{account_sid}/IncomingPhoneNumbers/{self.sid}.json",
            **self.fields,
        }
