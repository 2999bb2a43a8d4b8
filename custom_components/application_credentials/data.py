"""What the component keeps in `hass.data`, beside the collection."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

if TYPE_CHECKING:
    # For the annotations alone: every module imports this one, so it imports none of them.
    from .hooks.hook import Hooks
    from .provider.check import Checks
    from .provider.findings import Findings
    from .rows import Rows
    from .state import State


class ComponentData(NamedTuple):
    """What is there for as long as Home Assistant runs."""

    state: "State"
    hooks: "Hooks"
    findings: "Findings"
    checks: "Checks"
    rows: "Rows"
    # By record id: what entries call its implementation if the hook gives it a name of its
    # own (smartthings, withings).
    own_names: dict[str, str]
    # By record id: until when the provider may not know the client yet.
    new_clients: dict[str, datetime]


DATA: Final[HassKey[ComponentData]] = HassKey(f"{DOMAIN}_data")
