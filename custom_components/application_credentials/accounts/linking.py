"""Follow the accounts that ask to be linked again, until they are.

Where an integration has several credentials, Home Assistant's OAuth2 flow asks
the person which one to link with. An account has one already: it is linked with
that one again, unless the provider has rejected it. And since an account that
asks may do so because its credential is no longer good, the credential is
checked.

A flow that ends with the account as it was is started again; link_requests keeps
who is to be asked.
"""

from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowHandler, FlowResultType, UnknownFlow
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..ending import all_of
from ..models import Verdict
from ..provider.findings import DATA_FINDINGS
from ..provider.redirect_uri import async_my_redirect_uri
from .link_requests import DATA_LINK_REQUESTS
from .usage import async_can_reauthenticate, record_used_by

_CHANGING: Final = (
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
)

type Flow = FlowHandler[ConfigFlowContext, ConfigFlowResult, str]


@callback
def follow_reauthentication(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Watch for reauthentication flows and for what ends them; return what ends it."""
    linking = _Linking(hass)
    return all_of(
        (
            hass.config_entries.flow.async_subscribe_flow(linking.flow_changed),
            async_dispatcher_connect(
                hass, SIGNAL_CONFIG_ENTRY_CHANGED, linking.entry_changed
            ),
            async_at_started(hass, linking.started),
        )
    )


@callback
def _start_flow(hass: HomeAssistant, entry: ConfigEntry) -> None:
    hass.async_create_task(
        _async_start_flow(hass, entry), f"{DOMAIN} link again {entry.entry_id}"
    )


async def _async_start_flow(hass: HomeAssistant, entry: ConfigEntry) -> None:
    if await async_can_reauthenticate(hass, entry.domain) and _is_to_be_asked(
        hass, entry
    ):
        entry.async_start_reauth(hass)


@callback
def _is_to_be_asked(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether an account asks, and there is no flow in which it does."""
    return (
        entry.disabled_by is None
        and hass.config_entries.async_get_entry(entry.entry_id) is not None
        and hass.data[DATA_LINK_REQUESTS].is_asked(entry)
        and record_used_by(hass, entry) is not None
        and not any(
            entry.async_get_active_flows(hass, {SOURCE_REAUTH, SOURCE_RECONFIGURE})
        )
    )


class _Linking:
    """The reauthentication flows of accounts that our credentials serve."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._requests = hass.data[DATA_LINK_REQUESTS]
        self._flows: dict[str, tuple[Flow, ConfigEntry]] = {}
        # Entries whose next flow is no news: their credential is not checked for it.
        self._quiet: set[str] = set()

    @callback
    def flow_changed(self, change: str, flow_id: str) -> None:
        """Follow a flow that has begun, and begin another where one has ended."""
        if change == "added":
            self._added(flow_id)
        elif (ended := self._flows.pop(flow_id, None)) is not None:
            # Later: the flow may end amid a step, or with the account.
            self._hass.loop.call_soon(self._ask, ended[1], True)

    @callback
    def entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Ask again what a reload has ended, and no longer when it is linked."""
        if not self._requests.is_kept(entry):
            return
        if change is ConfigEntryChange.REMOVED:
            self._requests.take_back(entry)
        elif not self._requests.is_asked(entry):
            self._requests.take_back(entry)
            self._withdraw(entry)
        else:
            self._ask(entry)

    @callback
    def started(self, _hass: HomeAssistant) -> None:
        """Ask who was asked before the start."""
        for entry in self._hass.config_entries.async_entries():
            if self._requests.is_kept(entry):
                self._ask(entry, quietly=True)

    @callback
    def _added(self, flow_id: str) -> None:
        try:
            context = self._hass.config_entries.flow.async_get(flow_id)["context"]
        except UnknownFlow:
            return
        if context["source"] != SOURCE_REAUTH:
            return
        entry = self._hass.config_entries.async_get_entry(context["entry_id"])
        if entry is None or (record := record_used_by(self._hass, entry)) is None:
            return
        # No public way leads from a flow's id to its handler.
        flow = self._hass.config_entries.flow._progress[flow_id]  # noqa: SLF001
        self._flows[flow_id] = flow, entry
        self._requests.ask(entry, by_integration=True)
        if isinstance(flow, AbstractOAuth2FlowHandler):
            _keep_credential(self._hass, flow, entry)
        if entry.entry_id in self._quiet:
            self._quiet.discard(entry.entry_id)
        else:
            # Nobody says in which browser the account will be linked.
            self._hass.data[DATA_FINDINGS].async_schedule(
                record["id"], async_my_redirect_uri(self._hass)
            )

    @callback
    def _ask(self, entry: ConfigEntry, quietly: bool = False) -> None:
        """Start a flow for an account that asks, where there is none."""
        if (
            self._hass.state is CoreState.running
            and entry.state not in _CHANGING
            and _is_to_be_asked(self._hass, entry)
        ):
            if quietly:
                self._quiet.add(entry.entry_id)
            _start_flow(self._hass, entry)

    @callback
    def _withdraw(self, entry: ConfigEntry) -> None:
        """End the flow of an account that was linked without it.

        It waits for a person then, which a flow that is linking the account does not.
        """
        for flow_id, (flow, asked) in list(self._flows.items()):
            if (
                asked.entry_id == entry.entry_id
                and flow.cur_step is not None
                and flow.cur_step["type"] is FlowResultType.FORM
                and getattr(flow, "external_data", None) is None
            ):
                self._hass.config_entries.flow.async_abort(flow_id)


def _keep_credential(
    hass: HomeAssistant, flow: AbstractOAuth2FlowHandler, entry: ConfigEntry
) -> None:
    """Answer for the person when `flow` asks which credential to link with."""
    pick_implementation = flow.async_step_pick_implementation

    async def pick_own_implementation(user_input: dict[str, Any] | None = None) -> Any:
        if user_input is None and _is_linkable(hass, entry):
            user_input = {"implementation": entry.data[CONF_AUTH_IMPLEMENTATION]}
        return await pick_implementation(user_input)

    flow.async_step_pick_implementation = pick_own_implementation  # type: ignore[method-assign]


@callback
def _is_linkable(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether the credential of an entry is there and not known to be rejected."""
    if (record := record_used_by(hass, entry)) is None:
        return False
    finding = hass.data[DATA_FINDINGS].get(record["id"])
    return finding is None or finding.client is not Verdict.REJECTED
