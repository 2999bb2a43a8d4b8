"""The dialog, as Home Assistant's frontend walks through it."""

import json
from pathlib import Path
from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components import application_credentials
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.loader import async_get_integration
from tests.common import (
    ORIGIN,
    TOKEN_URL,
    Shown,
    answer_token_requests,
    own_entry,
    request_with,
    server,
    under_way,
)

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"


TEXTS = json.loads(
    (Path(application_credentials.__file__).parent / "strings.json").read_text()
)["selector"]


# What is typed for a new credential.
TYPED = {"client_id": "abc", "client_secret": "the-secret"}


GOOGLE = server("https://accounts.google.com/o/oauth2/v2/auth", GOOGLE_TOKEN_URL)


class Dialog(Shown):
    """One visit to the dialog; `shown` is what the person sees."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the Home Assistant that has the dialog."""
        self._hass = hass
        self.headers = {"Origin": ORIGIN}
        self.shown: Any = {}

    @property
    def step(self) -> str:
        """The step that is shown, or how the dialog has ended."""
        if self.shown["type"] is FlowResultType.ABORT:
            return f"abort: {self.shown['reason']}"
        if self.shown["type"] is FlowResultType.CREATE_ENTRY:
            return "created"
        return str(self.shown["step_id"])

    @property
    def fields(self) -> list[str]:
        """The fields of the form."""
        return [str(field) for field in self.shown["data_schema"].schema]

    @property
    def suggested(self) -> dict[str, Any]:
        """What stands in the fields of the form."""
        return {
            str(field): field.description["suggested_value"]
            for field in self.shown["data_schema"].schema
            if field.description and "suggested_value" in field.description
        }

    def options(self, field: str) -> dict[str, str]:
        """Return the labels that a field lets a person pick from, by value."""
        selector = self.shown["data_schema"].schema[field]
        return {
            option["value"]: option["label"] for option in selector.config["options"]
        }

    @property
    def choices(self) -> list[str]:
        """What can be done next."""
        config = self.shown["data_schema"].schema["next"].config
        assert config["translation_key"] == f"after_{self.step}"
        assert {*config["options"]} <= {*TEXTS[f"after_{self.step}"]["options"]}
        return list(config["options"])

    async def submit(self, **user_input: Any) -> None:
        """Submit the form as it stands, but for `user_input`.

        A field that is None is emptied.
        """
        if self.step == "reconfigure":
            user_input = {"next": "save", **self.suggested, **user_input}
            user_input = {
                field: value for field, value in user_input.items() if value is not None
            }
        await self._go(user_input)

    async def choose(self, option: str) -> None:
        """Choose what to do next."""
        assert option in self.choices
        await self.submit(next=option)

    async def show_again(self) -> None:
        """Look at the step again, as a browser does that is opened a second time."""
        self.shown = await self._flows.async_configure(self.shown["flow_id"])

    async def open_credential(self, item_id: str = "shop_abc") -> None:
        """Press the cogwheel of a row."""
        await self._hass.async_block_till_done()
        [subentry_id] = [
            subentry.subentry_id
            for subentry in own_entry(self._hass).subentries.values()
            if subentry.unique_id == item_id
        ]
        await self.open_row(subentry_id)
        assert self.step == "reconfigure"

    async def open_row(self, subentry_id: str) -> None:
        """Press the cogwheel of a row that may be gone."""
        await self._init(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)

    async def open_at(self, *options: str, item_id: str = "shop_abc") -> None:
        """Press the cogwheel of a row, and choose these, one after the other."""
        await self.open_credential(item_id)
        for option in options:
            await self.choose(option)

    async def open(self) -> None:
        """Press Add credential."""
        await self._hass.async_block_till_done()
        await self._init(source=SOURCE_USER)
        assert self.step == "user"

    async def open_new(self, domain: str) -> None:
        """Open the dialog where a new credential is typed."""
        await self.open()
        integration = await async_get_integration(self._hass, domain)
        await self.submit(domain=integration.name)
        assert self.step == "new"

    async def add(self, domain: str, **typed: str) -> None:
        """Open the dialog, and submit the client of a new credential and what else is typed."""
        await self.open_new(domain)
        await self.submit(**TYPED, **typed)

    async def _init(self, **context: str) -> None:
        handler = own_entry(self._hass).entry_id, "credential"
        with under_way(request_with(self.headers)):
            self.shown = await self._flows.async_init(handler, context=context)

    @property
    def _flows(self) -> Any:
        return self._hass.config_entries.subentries

    async def _go(self, user_input: dict[str, Any] | None) -> None:
        with under_way(request_with(self.headers)):
            self.shown = await self._flows.async_configure(
                self.shown["flow_id"], user_input
            )


def answers(
    provider: AiohttpClientMocker,
    error: str,
    said: str | None = None,
    url: str = TOKEN_URL,
) -> None:
    """Have the provider answer a code that cannot exist with `error`."""
    provider.clear_requests()
    answer_token_requests(provider, error, said, url=url)


def change_manifest(integration: Path, **fields: str) -> None:
    """Change what an integration says of itself."""
    manifest = integration / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | fields))


def stored(hass: HomeAssistant) -> list[Any]:
    """Return the records."""
    return list(hass.data[DATA_COLLECTION].data.values())


async def delete_behind(hass: HomeAssistant, item_id: str = "shop_abc") -> None:
    """Delete a credential while its dialog is open."""
    await hass.data[DATA_COLLECTION].async_delete_item(item_id)


def links(*accounts: Any) -> str:
    """Return the list that leads to accounts."""
    return "\n".join(
        f"- [{account.title}](/config/integrations/integration/{account.domain}"
        f"#config_entry={account.entry_id})"
        for account in accounts
    )


async def change_behind(hass: HomeAssistant, **updates: str) -> None:
    """Change a credential while its dialog is open."""
    await hass.data[DATA_COLLECTION].async_update_items("shop_abc", updates)
