"""What the component keeps in `hass.data`, beside the collection."""

from dataclasses import dataclass
from typing import Final

from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .state import State


@dataclass(frozen=True, slots=True)
class ComponentData:
    """What belongs together, and is there for as long as Home Assistant runs."""

    state: State


DATA: Final[HassKey[ComponentData]] = HassKey(f"{DOMAIN}_data")
