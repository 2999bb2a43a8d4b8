"""The dialog of a row: add a credential, or edit, check, move, copy and delete one."""

from typing import override

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult

from .accounts import AccountSteps
from .add import AddSteps
from .delete import DeleteSteps
from .edit import EditSteps


class CredentialFlow(AddSteps, EditSteps, AccountSteps, DeleteSteps):
    """One visit to the dialog; Home Assistant starts it at `user` or `reconfigure`."""

    @override
    async def _async_show_form_again(self) -> SubentryFlowResult:
        if self._is_new:
            return await self.async_step_new()
        return await self.async_step_reconfigure()

    @override
    async def _async_store(self) -> None:
        if self._is_new:
            await self._async_store_new()
        else:
            await self._async_store_changes()

    @override
    async def _async_end_saved(self) -> SubentryFlowResult:
        if self._is_new:
            return await self.async_step_saved()
        return await self._async_end_changed()

    @property
    def _is_new(self) -> bool:
        return self.source == SOURCE_USER
