"""The form of a POST, read only as far as it may be long."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from server.raw_requests import FORM_BYTES

FORM_FIELDS = 100  # Several times what Twilio sends about a call


async def read_form(request: Request) -> dict[str, str]:
    """Its fields, by their names.

    Raises:
        ValueError: it is larger than FORM_BYTES, or has more than FORM_FIELDS.
        ClientDisconnect: whoever sent it is gone.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise ValueError("too large")
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    return dict(fields)
