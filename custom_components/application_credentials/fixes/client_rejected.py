"""The provider rejects a client: it is entered again, and tried before it is saved."""

from typing import override

from ..accounts import copying
from ..data import DATA
from ..dialog.client import ClientSteps
from ..dialog.forms import ALSO_FIELD, CLIENT_ID_FIELD, Placeholders, secret_fields
from ..dialog.guide import async_patience_text, async_where_to_copy
from ..dialog.steps import Input, Result, handle_errors
from ..dialog.texts import (
    async_about,
    async_get_texts,
    async_links,
    async_same_client_text,
    async_use_text,
)
from ..issues import CLIENT_REJECTED, issue_id_of
from ..models import CredentialRecord, Verdict
from .flow import FixFlow


class ClientRejectedFlow(ClientSteps, FixFlow):
    """Take the right client ID or client secret, ask the provider, and save them."""

    kind = CLIENT_REJECTED

    @override
    @handle_errors
    async def async_fix(self, user_input: Input) -> Result:
        """Ask for the client, and then the provider."""
        self.state.item_id = self.about
        record = self.record
        same_client = await copying.async_same_client(self.hass, record)
        if user_input is not None:
            self.take_changes(user_input, same_client)
            return await self.async_go_to("check")
        return self.show_fields(
            "init",
            CLIENT_ID_FIELD
            | secret_fields(record["domain"])
            | (ALSO_FIELD if same_client else {}),
            await self.async_about_client(record, same_client),
            self.fields_to_show(),
        )

    async def async_about_client(
        self, record: CredentialRecord, same_client: list[CredentialRecord]
    ) -> Placeholders:
        """Return the placeholders that say what is wrong with whose client."""
        found = self.hass.data[DATA].findings.get(self.about)
        said = [
            (await async_get_texts(self.hass)).said(found) if found else "",
            await async_patience_text(self.hass, record, found),
        ]
        return {
            **await async_about(self.hass, record),
            "use": await async_use_text(self.hass, record),
            "also": await async_same_client_text(
                self.hass, [other["domain"] for other in same_client]
            ),
            "values": await async_where_to_copy(self.hass, record["domain"]),
            "links": await async_links(self.hass, record["domain"]),
            "said": " ".join(filter(None, said)),
        }

    @override
    async def async_end_saved(self) -> Result:
        finding = self.state.finding
        if finding is None or finding.client is not Verdict.REJECTED:
            self.take_issue_away(issue_id_of(self.kind, self.about))
        return await super().async_end_saved()
