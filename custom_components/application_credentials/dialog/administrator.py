"""Whether the person in front of an open dialog is still an administrator.

Home Assistant's views refuse whoever is none at every step of every flow. But a
step may wait for a provider, and save what was typed seconds after that.
"""

from homeassistant.core import HomeAssistant

from ..requester import requesting_user


async def async_is_administrator(hass: HomeAssistant) -> bool:
    """Return whether the user whose request has led to this step is an administrator now.

    A flow of whatever kind does not know its user; the request does. Where there
    is none, it was no person but Home Assistant itself.
    """
    if (user := requesting_user()) is None:
        return True
    now = await hass.auth.async_get_user(user.id)
    return now is not None and now.is_admin
