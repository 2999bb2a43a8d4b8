"""What the component keeps in `hass.data`, beside the collection."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

if TYPE_CHECKING:
    # Every room looks here for what is above it in the order of set-up.
    from .hooks.hook import Hooks
    from .provider.check import Checks
    from .provider.findings import Findings
    from .rows import Rows
    from .state import State


class ComponentData(NamedTuple):
    """What is there for as long as Home Assistant runs.

    `own_names`: by record id, what entries call its implementation if a hook calls it by
    a name of its own (smartthings, withings). `new_clients`: by record id, until
    when the provider may not know the client yet. `reconfigured`: the ids of config entries
    that are to be linked again once their reconfiguration has ended.
    """

    state: "State"
    hooks: "Hooks"
    findings: "Findings"
    checks: "Checks"
    rows: "Rows"
    own_names: dict[str, str]
    new_clients: dict[str, datetime]
    reconfigured: set[str]


DATA: Final[HassKey[ComponentData]] = HassKey(f"{DOMAIN}_data")
