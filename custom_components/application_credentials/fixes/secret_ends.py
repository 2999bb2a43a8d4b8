"""A client secret ends: a new one is entered, and tried before it is saved."""

from typing import override

from ..accounts.secret_end import secret_end
from ..dialog.forms import Placeholders
from ..issues import SECRET_ENDS
from ..models import CredentialRecord
from .client_rejected import ClientRejectedFlow


class SecretEndsFlow(ClientRejectedFlow):
    """Take a new client secret, and the day on which that one ends."""

    kind = SECRET_ENDS

    @override
    async def async_about_client(
        self, record: CredentialRecord, same_client: list[CredentialRecord]
    ) -> Placeholders:
        about = await super().async_about_client(record, same_client)
        # None where a new secret was saved meanwhile.
        return about | {"day": str(secret_end(self.hass, record["id"]) or "–")}
