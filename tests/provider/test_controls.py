"""Whether a provider looks at the secret is asked once for a client."""

import asyncio
from unittest.mock import patch

from custom_components.application_credentials.provider import controls
from custom_components.application_credentials.provider.controls import Controls
from homeassistant.core import HomeAssistant

CLIENT = ("https://provider.test/token", "abc", "the-secret")


class Provider:
    """Answers controls, when it is let."""

    def __init__(self, *answers: bool | None) -> None:
        """Give these answers, one after the other."""
        self.answers = list(answers)
        self.open = asyncio.Event()
        self.open.set()

    async def ask(self) -> bool | None:
        """Be asked."""
        await self.open.wait()
        return self.answers.pop(0)


async def test_an_answer_is_kept(hass: HomeAssistant) -> None:
    """Whichever it is; that of another secret is another one."""
    kept = Controls(hass)
    provider = Provider(False, True)
    assert await kept.async_looks_at_secret(CLIENT, provider.ask) is False
    assert await kept.async_looks_at_secret(CLIENT, provider.ask) is False
    assert await kept.async_looks_at_secret((*CLIENT[:2], "new"), provider.ask) is True
    assert provider.answers == []


async def test_no_answer_is_asked_for_again(hass: HomeAssistant) -> None:
    """It has told nothing."""
    kept = Controls(hass)
    provider = Provider(None, True)
    assert await kept.async_looks_at_secret(CLIENT, provider.ask) is None
    assert await kept.async_looks_at_secret(CLIENT, provider.ask) is True


async def test_two_that_ask_at_once_get_one_answer(hass: HomeAssistant) -> None:
    """Who gives up takes nothing from the other, nor from those who come later."""
    kept = Controls(hass)
    provider = Provider(True)
    provider.open.clear()
    first, second = (
        asyncio.create_task(kept.async_looks_at_secret(CLIENT, provider.ask))
        for _ in range(2)
    )
    await asyncio.sleep(0)
    first.cancel()
    provider.open.set()
    assert await second is True
    assert provider.answers == []


async def test_no_more_are_kept_than_a_home_has(hass: HomeAssistant) -> None:
    """The oldest goes."""
    kept = Controls(hass)
    with patch.object(controls, "_MAX_KEPT", 2):
        for secret in ("1", "2", "3"):
            client = (*CLIENT[:2], secret)
            await kept.async_looks_at_secret(client, Provider(True).ask)
    again = Provider(False)
    assert await kept.async_looks_at_secret((*CLIENT[:2], "3"), again.ask) is True
    assert await kept.async_looks_at_secret((*CLIENT[:2], "1"), again.ask) is False
