"""The life of an account, driven step by step, and all that can be seen of it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.loader import async_get_integration
from neighbours.answers import BESIDE, FIELDS
from neighbours.authority import Authority
from neighbours.home import ENTRIES, FLOWS, running
from neighbours.internet import Internet
from neighbours.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Provider,
    is_check,
    is_for_token,
)
from neighbours.seen import (
    entry_as_seen,
    flow_as_seen,
    implementation_as_seen,
    masked,
    refusal_as_seen,
    request_as_seen,
)

COMMANDS = "application_credentials"

# Steps of a flow, at the most.
_MAX_STEPS = 15


class Driver:
    """One drive: a home, the provider, and what was seen."""

    def __init__(self, domain: str) -> None:
        """Initialize with nothing seen."""
        self.domain = domain
        self.provider = Provider(domain)
        self.internet = Internet(self.provider.answer)
        self.seen: list[tuple[str, str, Any]] = []
        self.home: Any = None
        self._step = ""
        self._heard = 0
        self._others: set[str] = set()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Be at a step; what goes wrong in it is seen, and the next one is taken."""
        self._step = name
        self._others = set()
        try:
            yield
        except Exception as err:  # noqa: BLE001 (the same has to go wrong on the other side)
            self.see("failed", f"{type(err).__name__}: {err}")
        self.hear()
        # An account that is loaded goes on asking in the background, sometimes in time.
        if not self._entries:
            self.see("other requests", sorted(self._others))

    def see(self, what: str, value: Any) -> None:
        """Write something down."""
        self.seen.append((self._step, what, masked(value)))

    def hear(self) -> None:
        """Write down the requests for tokens, in their order; leave out our own checks."""
        arrived = self.internet.requests[self._heard :]
        self._heard += len(arrived)
        for request in arrived:
            if is_check(request):
                continue
            if is_for_token(request):
                self.see("token request", request_as_seen(request))
            else:
                self._others.add(f"{request.method} {request.url.partition('?')[0]}")

    async def drive(self) -> None:
        """Take all steps."""
        with self.step("import"):
            integration = await async_get_integration(self.home.hass, self.domain)
            await integration.async_get_platform("config_flow")
        with self.step("without"):
            await self._go_through(await self._start())
            await self._give_up()
        with self.step("create"):
            await self._create()
        with self.step("link"):
            await self._go_through(await self._start())
            await self._see_entries()
        if not self._entries:
            await self._give_up()
        else:
            await self._drive_account()
        with self.step("delete"):
            await self._delete()

    async def _drive_account(self) -> None:
        """Take the steps for which there has to be an account."""
        with self.step("refresh"):
            await self._expire()
            await self._see_entries()
        with self.step("reauthenticate"):
            await self._reauthenticate()
        if self._entries[0].supports_reconfigure:
            with self.step("reconfigure"):
                await self._go_through(
                    await self._start(entry_id=self._entries[0].entry_id)
                )
                await self._see_entries()
        await self._give_up()

    @property
    def _entries(self) -> list[Any]:
        """The accounts."""
        return list(self.home.hass.config_entries.async_entries(self.domain))

    # What a person does.

    async def _create(self) -> None:
        """Create a credential; see what is told of it, and what becomes of it."""
        answer = await self.home.command(
            f"{COMMANDS}/create",
            domain=self.domain,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            name="Neighbour",
        )
        self.see("create", answer)
        self.see("list", await self.home.command(f"{COMMANDS}/list"))
        config = await self.home.command(f"{COMMANDS}/config")
        self.see("config", config["result"]["integrations"].get(self.domain))
        await self._see_implementations()

    async def _start(self, **context: str) -> Any:
        """Start a flow."""
        return await self.home.request(
            "POST", FLOWS, {"handler": self.domain} | context
        )

    async def _go_through(self, step: Any) -> None:
        """Go through a flow to its end, as somebody who takes what comes first."""
        errors = 0
        for _ in range(_MAX_STEPS):
            self.see("flow", flow_as_seen(step))
            self.hear()
            path = f"{FLOWS}/{step.get('flow_id')}"
            errors += bool(step.get("errors"))
            if errors > 1:
                return
            match step.get("type"):
                case "form":
                    step = await self.home.request("POST", path, self._fill_in(step))
                case "menu":
                    step = await self.home.request(
                        "POST", path, {"next_step_id": self._choose(step)}
                    )
                case "external":
                    await self._come_back(step["url"])
                    step = await self.home.request("GET", path)
                case "external_done" | "progress" | "progress_done":
                    await asyncio.sleep(0.5)
                    step = await self.home.request("GET", path)
                case _:
                    break
        await self.home.settle()

    async def _come_back(self, url: str) -> None:
        """Come back from the page of the provider, having agreed."""
        query = dict(parse_qsl(urlsplit(url).query))
        code = self.provider.new_code(url)
        answer = await self.home.request(
            "GET", f"/auth/external/callback?code={code}&state={query.get('state', '')}"
        )
        self.see("callback", answer)

    def _fill_in(self, step: Any) -> dict[str, Any]:
        """Fill in a form: what is known of the field, or else the first choice."""
        known = FIELDS.get(self.domain, {})
        filled = {}
        for field in step.get("data_schema") or []:
            name = field["name"]
            if name in known:
                filled[name] = known[name]
            elif field.get("required"):
                filled[name] = _entered(field)
        return filled

    def _choose(self, step: Any) -> str:
        """Choose from a menu."""
        options = step["menu_options"]
        names = list(options)
        return str(FIELDS.get(self.domain, {}).get(step["step_id"], names[0]))

    async def _expire(self) -> None:
        """Let the access tokens expire, and the accounts be loaded again."""
        for entry in self._entries:
            if isinstance(token := entry.data.get("token"), dict):
                self.home.hass.config_entries.async_update_entry(
                    entry, data={**entry.data, "token": {**token, "expires_at": 1}}
                )
            path = f"{ENTRIES}/{entry.entry_id}/reload"
            self.see("reload", await self.home.request("POST", path))
        await self.home.settle()

    async def _reauthenticate(self) -> None:
        """Have the provider refuse a refresh; link the account again."""
        self.provider.refuses_refreshes = True
        await self._expire()
        await self._see_entries()
        self.hear()
        self.see("asks by itself", len(self._reauthentications()))
        self.provider.refuses_refreshes = False
        if not self._reauthentications():
            self._entries[0].async_start_reauth(self.home.hass)
            await self.home.settle()
        for flow in self._reauthentications():
            path = f"{FLOWS}/{flow['flow_id']}"
            await self._go_through(await self.home.request("GET", path))
        await self._see_entries()

    async def _give_up(self) -> None:
        """Give up all flows that are open."""
        for flow in self.home.hass.config_entries.flow.async_progress():
            if flow["handler"] == self.domain:
                self.home.hass.config_entries.flow.async_abort(flow["flow_id"])
        await self.home.settle()

    async def _delete(self) -> None:
        """Delete the credential: refused while an account uses it, and then not."""
        for record in (await self.home.command(f"{COMMANDS}/list"))["result"]:
            fields = {"application_credentials_id": record["id"]}
            answer = None
            if self._entries:
                answer = await self.home.command(f"{COMMANDS}/delete", **fields)
                self.see("delete in use", refusal_as_seen(answer))
            for entry in self._entries:
                path = f"{ENTRIES}/{entry.entry_id}"
                self.see("remove", await self.home.request("DELETE", path))
            if not answer or not answer["success"]:
                answer = await self.home.command(f"{COMMANDS}/delete", **fields)
            self.see("delete", answer)
        self.see("list", await self.home.command(f"{COMMANDS}/list"))
        await self._go_through(await self._start())
        await self._give_up()

    # What can be seen.

    def _reauthentications(self) -> list[Any]:
        return [
            flow
            for flow in self.home.hass.config_entries.flow.async_progress()
            if flow["handler"] == self.domain
            and flow["context"]["source"] == SOURCE_REAUTH
        ]

    async def _see_entries(self) -> None:
        """See the accounts."""
        for entry in self._entries:
            self.see("entry", entry_as_seen(entry))

    async def _see_implementations(self) -> None:
        """See what flows and accounts are handed."""
        found = await async_get_implementations(self.home.hass, self.domain)
        for key, each in found.items():
            self.see("implementation", {"key": key} | implementation_as_seen(each))


def _entered(field: Any) -> Any:
    """Return what is entered in a field of which nothing is known."""
    if "default" in field:
        return field["default"]
    selector = field.get("selector") or {}
    kind = next(iter(selector), field.get("type"))
    options = field.get("options") or (selector.get("select") or {}).get("options")
    if options:
        first = next(iter(options))
        first = first[0] if isinstance(first, list) else first
        first = first["value"] if isinstance(first, dict) else first
        multiple = kind == "multi_select" or (selector.get("select") or {}).get(
            "multiple"
        )
        return [first] if multiple else first
    if kind == "boolean":
        return True
    if kind in ("integer", "float", "number"):
        return 1
    return "neighbour"


async def async_drive(
    domain: str, folder: Path, integrations: list[Path], authority: Authority
) -> list[tuple[str, str, Any]]:
    """Drive an integration in a Home Assistant with a folder; return what was seen."""
    driver = Driver(domain)
    with driver.internet.connected(authority):
        async with running(folder, integrations, BESIDE.get(domain, ())) as driver.home:
            await driver.drive()
    return driver.seen
