"""Credentials become the implementations that Home Assistant's OAuth2 flow works with."""

import asyncio
from collections.abc import Callable
import copy
from dataclasses import asdict, dataclass
from functools import partialmethod
from inspect import signature
import json
import pickle
from typing import Any, override
from unittest.mock import AsyncMock, patch

from aiohttp import ClientResponseError
from aiohttp.test_utils import make_mocked_request
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.config_entries import HANDLERS, SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    DATA_PROVIDERS,
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
    async_get_config_entry_implementation,
    async_get_implementations,
)
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Disk,
    Wire,
    add_account,
    add_hook,
    add_integration,
    get_authorization_server,
    import_client,
    link_flow,
    real_hook,
    under_way,
)


class OwnImplementation(LocalOAuth2Implementation):
    """An implementation of an integration's own."""


async def test_a_changed_credential_is_another_implementation(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Nothing is remembered from one flow to the next."""
    await wire.create("abc")
    await wire.get("update", application_credentials_id="shop_abc", client_secret="new")
    implementation: Any = (await async_get_implementations(hass, SHOP))["shop_abc"]
    assert implementation.client_secret == "new"


async def test_an_imported_credential_is_called_by_its_auth_domain(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Entries made before there were credentials know no other name."""
    await import_client(hass, "abc", "shop_old")
    implementations = await async_get_implementations(hass, SHOP)
    assert list(implementations) == ["shop_old"]
    assert implementations["shop_old"].domain == "shop_old"


async def test_the_last_of_two_credentials_with_one_auth_domain_serves_it(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As with the original."""
    for client_id in ("one", "two"):
        await import_client(hass, client_id, "old")
    implementations: Any = await async_get_implementations(hass, SHOP)
    assert list(implementations) == ["old"]
    assert implementations["old"].client_id == "two"


async def test_an_own_class_goes_before_the_default(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A hook with both functions is asked for its implementation, as by the original."""

    async def own(hass: HomeAssistant, auth_domain: str, _: Any) -> OwnImplementation:
        return OwnImplementation(hass, auth_domain, "c", "s", "a", "t")

    add_hook(
        hass,
        async_get_auth_implementation=own,
        async_get_authorization_server=get_authorization_server,
    )
    await wire.create("abc")
    implementations = await async_get_implementations(hass, SHOP)
    assert isinstance(implementations["shop_abc"], OwnImplementation)


async def test_a_client_without_a_secret_may_use_pkce(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A public client proves itself by its code verifier."""

    async def pkce(
        hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> LocalOAuth2ImplementationWithPkce:
        return LocalOAuth2ImplementationWithPkce(
            hass, auth_domain, credential.client_id, AUTHORIZE_URL, TOKEN_URL
        )

    add_hook(hass, async_get_auth_implementation=pkce)
    await wire.create("abc", client_secret="")
    implementation: Any = (await async_get_implementations(hass, SHOP))["shop_abc"]
    assert implementation.extra_authorize_data["code_challenge_method"] == "S256"


async def test_a_hook_with_neither_function_has_its_accounts_set_up_again_later(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Its accounts are tried again, and not asked to link."""
    await wire.create()
    add_hook(hass, async_get_description_placeholders=get_authorization_server)
    with pytest.raises(ConfigEntryNotReady, match=SHOP):
        await async_get_implementations(hass, SHOP)


async def test_an_integration_whose_hook_is_gone_has_no_implementation(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk
) -> None:
    """Its records stay; another version of it may want them."""
    await wire.create()
    hass.data["components"].pop(f"{SHOP}.{DOMAIN}")
    hass.data["integrations"][SHOP]._top_level_files.clear()
    assert await async_get_implementations(hass, SHOP) == {}
    assert len(await wire.get("list")) == 1


# Hooks that work in a context that their own config flow makes, and in no other.


async def test_the_mcp_hook_gets_the_context_of_its_flow(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Which server it is depends on the account that is being linked."""
    hook = real_hook(hass, "mcp")
    await wire.create(domain="mcp")
    with hook.authorization_server_context(
        AuthorizationServer(AUTHORIZE_URL, TOKEN_URL)
    ):
        implementations: Any = await async_get_implementations(hass, "mcp")
    assert implementations["mcp_abc"].token_url == TOKEN_URL


async def test_outside_of_its_flow_such_a_hook_is_unavailable(
    hass: HomeAssistant, wire: Wire
) -> None:
    """An error that Home Assistant knows how to handle."""
    real_hook(hass, "mcp")
    await wire.create(domain="mcp")
    with pytest.raises(ImplementationUnavailableError, match="LookupError"):
        await async_get_implementations(hass, "mcp")


async def test_a_hook_that_fails_without_a_credential_is_not_in_the_log(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """Outside of its flow it fails, and there is no account that could go on."""
    real_hook(hass, "mcp")
    with pytest.raises(ImplementationUnavailableError):
        await async_get_implementations(hass, "mcp")
    assert "mcp" not in "".join(
        record.message for record in caplog.records if record.levelname == "ERROR"
    )


@pytest.mark.parametrize("function", ["server", "implementation"])
async def test_a_hook_that_fails_tells_nobody_the_secret(
    hass: HomeAssistant, wire: Wire, function: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its error may quote what it was handed; neither the log nor the caller gets it."""
    caplog.set_level("DEBUG")
    await wire.create()

    async def fail(hass: HomeAssistant, *arguments: Any) -> Any:
        raise LookupError(f"the-secret {arguments}")

    if function == "server":
        add_hook(hass, async_get_authorization_server=fail)
    else:
        add_hook(hass, async_get_auth_implementation=fail)
    caplog.clear()
    with pytest.raises(ImplementationUnavailableError) as raised:
        await async_get_implementations(hass, SHOP)
    assert SHOP in str(raised.value)
    assert "LookupError" in caplog.text
    for text in (repr(raised.value), caplog.text, repr(raised.value.__context__)):
        assert "the-secret" not in text
    assert raised.value.__cause__ is None


class Computed:
    """Something whose attributes cannot be computed."""

    def __getattr__(self, name: str) -> Any:
        """Fail, and quote a secret."""
        raise LookupError("the-secret")


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        ("async_get_authorization_server", "when its endpoints are asked for"),
        (
            "async_get_auth_implementation",
            "when asked for its name",
        ),
    ],
    ids=["server", "implementation"],
)
async def test_a_hook_whose_answer_cannot_be_computed_is_unavailable(
    hass: HomeAssistant,
    wire: Wire,
    function: str,
    fault: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says what it raised, and not its text."""
    await wire.create()

    async def computed(hass: HomeAssistant, *_: Any) -> Computed:
        return Computed()

    hook: dict[str, Any] = {function: computed}
    add_hook(hass, **hook)
    with pytest.raises(ImplementationUnavailableError, match=f"LookupError {fault}"):
        await async_get_implementations(hass, SHOP)
    assert "the-secret" not in caplog.text


# Hooks that call their implementation by a name of their own.


async def test_an_implementation_with_a_name_of_its_own_serves_entries_by_that(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Smartthings calls it by the integration's domain, whatever the credential's id."""
    real_hook(hass, "smartthings", DOMAIN="smartthings")
    await wire.create(domain="smartthings")
    account = add_account(hass, "smartthings", domain="smartthings")
    implementation = await async_get_config_entry_implementation(hass, account)
    assert implementation.domain == "smartthings"
    assert await wire.get("config_entry", config_entry_id=account.entry_id) == {
        "application_credentials_id": "smartthings_abc"
    }


async def test_a_hook_that_gives_up_its_own_name_is_believed(
    hass: HomeAssistant, wire: Wire
) -> None:
    """After an update of the integration, entries call it by the credential's id."""
    name = "shop"

    async def own(hass: HomeAssistant, auth_domain: str, _: Any) -> OwnImplementation:
        return OwnImplementation(hass, name, "c", "s", "a", "t")

    add_hook(hass, async_get_auth_implementation=own)
    await wire.create()
    account = add_account(hass, "shop")
    for name, expected in (  # noqa: B007 (what the hook calls it)
        ("shop", {"application_credentials_id": "shop_abc"}),
        ("shop_abc", {}),
    ):
        await async_get_implementations(hass, SHOP)
        assert (
            await wire.get("config_entry", config_entry_id=account.entry_id) == expected
        )


# The flows of Home Assistant's own integrations.


async def test_a_flow_lets_a_person_choose_by_name(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where there are several credentials."""
    add_integration(hass)
    await wire.create("one", name="Kitchen")
    await wire.create("two")
    with link_flow():
        flow: Any = await hass.config_entries.flow.async_init(
            SHOP, context={"source": SOURCE_USER}
        )
    assert flow["step_id"] == "pick_implementation"
    choice = flow["data_schema"].schema["implementation"].container
    assert choice == {"shop_one": "Kitchen", "shop_two": "two"}


async def test_another_providers_implementation_stays(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant Cloud offers its own beside ours."""
    cloud = OwnImplementation(hass, "cloud", "c", "s", "a", "t")

    async def provide(
        hass: HomeAssistant, domain: str
    ) -> list[AbstractOAuth2Implementation]:
        return [cloud]

    hass.data["oauth2_providers"]["cloud"] = provide
    await wire.create()
    assert set(await async_get_implementations(hass, SHOP)) == {"cloud", "shop_abc"}


# An integration's own implementation is handed on as it is.


async def hand_out(hass: HomeAssistant, wire: Wire, *owned: Any) -> list[Any]:
    """Return the implementations that flows get if the hook of the shop returns these, in turn."""
    left = list(owned)

    async def hook(hass: HomeAssistant, *_: Any) -> Any:
        return left.pop(0)

    add_hook(hass, async_get_auth_implementation=hook)
    for number in range(len(owned) - len(await wire.get("list"))):
        await wire.create(f"client{number}")
    # Not through Home Assistant's helper, which knows one of each name.
    provide = hass.data[DATA_PROVIDERS][DOMAIN]
    return list(await provide(hass, SHOP))


@dataclass
class Data:
    """An implementation with everything that Python makes of a dataclass."""

    domain: str = "shop_abc"
    name: str = "Kitchen"
    client_id: str = "abc"
    token_url: str = TOKEN_URL

    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Send nobody anywhere."""
        return flow_id

    async def async_resolve_external_data(self, external_data: Any) -> Any:
        """Return the argument."""
        return external_data

    async def async_refresh_token(self, token: Any, *, scope: str = "all") -> Any:
        """Return the argument."""
        return token, scope

    @override
    def __hash__(self) -> int:
        """Be a key."""
        return hash(self.client_id)


class Slots:
    """An implementation on which nothing can be hung."""

    __slots__ = ("domain", "name")

    def __init__(self) -> None:
        """Have a name."""
        self.domain = self.name = "shop_abc"


class Wrapper:
    """An implementation that has another do everything."""

    def __init__(self) -> None:
        """Wrap one."""
        self.__dict__["wrapped"] = Data()

    def __getattr__(self, name: str) -> Any:
        """Ask the other."""
        return getattr(self.__dict__["wrapped"], name)


def with_refresh(refresh: Any, **more: Any) -> Any:
    """Return an implementation whose method to refresh is something else."""
    return type("Theirs", (Data,), {"async_refresh_token": refresh, **more})()


async def refresh(*_: Any, **more: Any) -> Any:
    """Return the results of all of them."""
    return {"scope": "all"}, "all"


def future(_: Any, token: Any) -> asyncio.Future[Any]:
    """Return no coroutine."""
    done = asyncio.get_running_loop().create_future()
    done.set_result((token, "all"))
    return done


async def by_super(self: Any, token: Any) -> Any:
    """Ask the class above, in a way that lasts until there is a class below."""
    return await super(self.__class__, self).async_refresh_token(token)


def fail(*_: Any) -> Any:
    """Be something that cannot be had."""
    raise LookupError


class Incomparable(str):
    """A client secret that does not want to be compared."""

    __slots__ = ()
    __eq__ = fail
    __hash__ = None  # type: ignore[assignment]


KINDS: dict[str, Callable[[], Any]] = {
    "data": Data,
    "slots": Slots,
    "wrapper": Wrapper,
    "mock": lambda: with_refresh(AsyncMock(return_value=({"scope": "all"}, "all"))),
    "keyword": lambda: with_refresh(refresh),
    "static": lambda: with_refresh(staticmethod(refresh)),
    "class": lambda: with_refresh(classmethod(refresh)),
    "partial": lambda: with_refresh(partialmethod(refresh, scope="all")),
    "property": lambda: with_refresh(property(lambda _: refresh)),
    "future": lambda: with_refresh(future),
    "super": lambda: with_refresh(by_super),
    "no client": lambda: with_refresh(
        refresh, client_id=property(fail, lambda *_: None)
    ),
    "no secret": lambda: with_refresh(refresh, client_secret=property(fail)),
    "incomparable": lambda: with_refresh(refresh, client_secret=Incomparable("s")),
}


@pytest.mark.original
@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_hook_returns_is_handed_on_as_it_is(
    hass: HomeAssistant, wire: Wire, kind: str
) -> None:
    """The same object, of the same class, with what it had in it; and it works."""
    own = KINDS[kind]()
    cls, held = type(own), dict(getattr(own, "__dict__", {}))
    signature_before = signature(own.async_refresh_token) if held else None
    for _ in range(2):
        [handed] = await hand_out(hass, wire, own)
        assert handed is own
    assert type(own) is cls
    assert cls.__subclasses__() == [] or cls is Data
    if held:
        assert vars(own) == held
        assert signature(own.async_refresh_token) == signature_before
        assert await own.async_refresh_token({"scope": "all"}) == (
            {"scope": "all"},
            "all",
        )


@pytest.mark.original
async def test_python_makes_of_it_what_it_made_before(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Copies, pickles, dictionaries, keys."""
    own = Data()
    await hand_out(hass, wire, own)
    for made in (copy.copy(own), copy.deepcopy(own), pickle.loads(pickle.dumps(own))):
        assert made == own == Data()
        assert type(made) is Data
    assert json.loads(json.dumps(vars(own))) == asdict(own) == asdict(Data())
    assert hash(own) == hash(Data())


@pytest.mark.original
async def test_nobody_inherits_from_its_class(hass: HomeAssistant, wire: Wire) -> None:
    """A registry of classes has what the integration put there, or ends Home Assistant."""
    registered: list[str] = []

    class Registry(type):
        def __init__(cls, name: str, *_: Any) -> None:
            registered.append(name)

    class Theirs(Data, metaclass=Registry):
        @override
        def __init_subclass__(cls) -> None:
            raise SystemExit

    await hand_out(hass, wire, Theirs())
    assert registered == ["Theirs"]


@pytest.mark.original
async def test_one_may_stand_for_two_credentials(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As an integration likes."""
    own = Data()
    handed = await hand_out(hass, wire, own, own)
    assert [each is own for each in handed] == [True, True]
    assert vars(own) == asdict(Data())


def itself(err: Exception) -> Exception:
    """Have an error be its own cause."""
    err.__cause__ = err
    return err


def one_another(err: Exception) -> Exception:
    """Have two errors be each other's cause."""
    err.__cause__ = LookupError()
    err.__cause__.__cause__ = err
    return err


@pytest.mark.original
@pytest.mark.parametrize("caused", [itself, one_another])
async def test_its_error_is_its_own(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    caused: Callable[[Exception], Exception],
) -> None:
    """Whatever it is raised from, and with the answer unread."""
    provider.post(TOKEN_URL, status=401, text="Who are you?")

    class Theirs(LocalOAuth2Implementation):
        @override
        async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
            self.response = await async_get_clientsession(hass).post(self.token_url)
            try:
                self.response.raise_for_status()
            except ClientResponseError as err:
                self.error = err
                raise caused(err)  # noqa: B904 (as written by others)
            raise NotImplementedError

    own = Theirs(hass, "shop_abc", "abc", "s", AUTHORIZE_URL, TOKEN_URL)
    [handed] = await hand_out(hass, wire, own)
    with pytest.raises(ClientResponseError) as raised:
        await handed.async_resolve_external_data(
            {"code": "code", "state": {"redirect_uri": REDIRECT_URI}}
        )
    assert raised.value is own.error
    assert await own.response.text() == "Who are you?"


# Which one Home Assistant's flow preselects.


async def test_the_credential_of_an_account_that_asks_comes_first(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Of two accounts, that of the flow that a person is in."""
    add_integration(hass)
    for client_id in ("one", "two", "three"):
        await wire.create(client_id)
    two, three = add_account(hass, "shop_two"), add_account(hass, "shop_three")

    async def order() -> list[str]:
        return [
            name.removeprefix("shop_")
            for name in await async_get_implementations(hass, SHOP)
        ]

    assert await order() == ["one", "two", "three"]
    with link_flow():
        two.async_start_reauth(hass)
        await hass.async_block_till_done()
        assert await order() == ["two", "one", "three"]
        three.async_start_reauth(hass)
        await hass.async_block_till_done()
        for flow in hass.config_entries.flow.async_progress():
            about = {"flow_id": flow["flow_id"]}
            with under_way(make_mocked_request("POST", "/", match_info=about)):
                first, *_ = await order()
            asking = hass.config_entries.async_get_entry(flow["context"]["entry_id"])
            assert asking is not None
            assert asking.data["auth_implementation"] == f"shop_{first}"


@pytest.mark.parametrize(
    ("account", "expected"), [(None, "shop_one"), ("shop_three", "shop_three")]
)
async def test_a_person_is_offered_what_their_account_uses_while_others_ask(
    hass: HomeAssistant, wire: Wire, account: str | None, expected: str
) -> None:
    """As with the original for a new one: what somebody else's account uses is no reason."""
    add_integration(hass)
    for client_id in ("one", "two", "three"):
        await wire.create(client_id)
    context: Any = {"source": SOURCE_USER}
    if account:
        entry = add_account(hass, account)
        context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    seen: list[str] = []

    async def begin(self: Any, _: Any = None) -> Any:
        first, *_others = await async_get_implementations(hass, SHOP)
        seen.append(first)
        return self.async_show_form(step_id="pick_implementation")

    with link_flow():
        add_account(hass, "shop_two").async_start_reauth(hass)
        await hass.async_block_till_done()
        with (
            patch.object(HANDLERS[SHOP], "async_step_user", begin),
            patch.object(HANDLERS[SHOP], "async_step_reconfigure", begin, create=True),
            # The request that starts a flow does not name it.
            under_way(make_mocked_request("POST", "/")),
        ):
            flow = await hass.config_entries.flow.async_init(SHOP, context=context)
        about = {"flow_id": flow["flow_id"]}
        with under_way(make_mocked_request("POST", "/", match_info=about)):
            first, *_others = await async_get_implementations(hass, SHOP)
    assert [*seen, first] == [expected, expected]


@pytest.mark.parametrize("is_imported", [False, True])
async def test_credentials_of_one_name_stay_in_order_while_an_account_asks(
    hass: HomeAssistant, wire: Wire, is_imported: bool
) -> None:
    """Home Assistant keeps the last of a name: an account is linked with what refreshes it."""

    async def own(
        hass: HomeAssistant, _: str, credential: ClientCredential
    ) -> OwnImplementation:
        return OwnImplementation(hass, SHOP, credential.client_id, "s", "a", "t")

    add_integration(hass, async_get_auth_implementation=own)
    await wire.create("one")
    if is_imported:
        # Its record, too, has the name of the integration.
        await import_client(hass, "two")
    else:
        await wire.create("two")
    account = add_account(hass, SHOP)

    async def client_id() -> str:
        implementation: Any = await async_get_config_entry_implementation(hass, account)
        return str(implementation.client_id)

    assert await client_id() == "two"
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        assert await client_id() == "two"


async def test_the_credential_comes_first_whose_id_an_account_names(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Also where an import has given it another name since."""
    add_integration(hass)
    await wire.create("one")
    await import_client(hass, "two", "shop_old")
    account = add_account(hass, "shop_two")
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        assert list(await async_get_implementations(hass, SHOP)) == [
            "shop_old",
            "shop_one",
        ]
