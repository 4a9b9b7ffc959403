"""What Twilio's REST API answers when it does not do what is asked (Twilio: Error dictionary)."""

from aiohttp import web


def refused(status: int, code: int, message: str) -> web.Response:
    """Twilio's own number of an error, and its words."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return web.json_response(body, status=status)


def not_found(request: web.Request) -> web.Response:
    """There is nothing of that name."""
    return refused(404, 20404, f"The requested resource {request.path} was not found")
