"""The person whose request is under way, as far as there is one."""

from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.helpers.http import current_request


def requesting_user() -> User | None:
    """Return the user of the current request, as Home Assistant knew them when it came in.

    None where no request is under way, and where nobody has signed in with it, as
    with the one that opens a websocket.
    """
    if (request := current_request.get()) is None:
        return None
    user: User | None = request.get(KEY_HASS_USER)
    return user
