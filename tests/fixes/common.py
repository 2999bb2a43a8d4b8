"""A flow that fixes an issue, over the API that Home Assistant's frontend uses."""

from http import HTTPStatus
from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import AUTHORIZE_URL, DOMAIN, ORIGIN, Shown, answer_token_requests

MISMATCH = "https://provider.test/error?error=redirect_uri_mismatch"


class Fix(Shown):
    """The flow that fixes an issue, from opening it in the list of repairs."""

    def __init__(self, http: Any) -> None:
        """Take a browser that is signed in."""
        self._http = http
        self.shown: dict[str, Any] = {}

    @property
    def step(self) -> str:
        """The step that is shown, or how the flow has ended."""
        return str(
            self.shown.get("step_id") or self.shown.get("reason") or self.shown["type"]
        )

    @property
    def suggested(self) -> dict[str, Any]:
        """What stands in the fields of the form."""
        return {
            field["name"]: field["description"]["suggested_value"]
            for field in self.shown["data_schema"]
            if "suggested_value" in field.get("description", {})
        }

    @property
    def options(self) -> dict[str, str]:
        """The labels that the field lets a person pick from, by value."""
        (field,) = self.shown["data_schema"]
        return {
            option["value"]: option["label"]
            for option in field["selector"]["select"]["options"]
        }

    @property
    def choices(self) -> list[str]:
        """What can be done next."""
        (field,) = self.shown["data_schema"]
        assert field["selector"]["select"]["translation_key"] == f"after_{self.step}"
        return list(field["selector"]["select"]["options"])

    async def open(self, issue_id: str) -> None:
        """Press the issue in the list."""
        await self._post("", {"handler": DOMAIN, "issue_id": issue_id})

    async def submit(self, **user_input: Any) -> None:
        """Submit the form."""
        await self._post(f"/{self.shown['flow_id']}", user_input)

    async def insist(self, **user_input: Any) -> None:
        """Submit, and save it anyway where the provider has not told."""
        await self.submit(**user_input)
        if self.step == "unknown":
            await self.submit(next="save_anyway")

    async def _post(self, path: str, data: dict[str, Any]) -> None:
        answer = await self._http.post(
            f"/api/repairs/issues/fix{path}", json=data, headers={"Origin": ORIGIN}
        )
        assert answer.status == HTTPStatus.OK, await answer.text()
        self.shown = await answer.json()


def answers(
    provider: AiohttpClientMocker,
    error: str,
    said: str | None = None,
    location: str | None = None,
) -> None:
    """Have the provider answer a code with `error`, and a person with `location`."""
    provider.clear_requests()
    answer_token_requests(provider, error, said)
    if location:
        provider.get(AUTHORIZE_URL, status=302, headers={"Location": location})


async def delete(hass: HomeAssistant, item_id: str = "shop_abc") -> None:
    """Delete a credential while its flow is open."""
    await hass.data[DATA_COLLECTION].async_delete_item(item_id)
    await hass.async_block_till_done()


def records(hass: HomeAssistant) -> list[Any]:
    """Return what is stored."""
    return list(hass.data[DATA_COLLECTION].data.values())
