"""What integrations bring: their platform hooks, and the implementations made with them.

A hook is the module `application_credentials.py` of an integration that takes credentials
(https://developers.home-assistant.io/docs/core/platform/application_credentials). Here is
what it may define.
"""

from typing import Final

# Takes `hass`; returns the endpoints of the provider, an `AuthorizationServer`.
GET_AUTHORIZATION_SERVER: Final = "async_get_authorization_server"
# Takes `hass`, the name that entries are to call it by, and a `ClientCredential`; returns
# an implementation.
GET_AUTH_IMPLEMENTATION: Final = "async_get_auth_implementation"
# Takes `hass`; returns what the placeholders in the integration's instructions stand for.
GET_DESCRIPTION_PLACEHOLDERS: Final = "async_get_description_placeholders"

# A hook has to have one of these.
NEEDED: Final = frozenset({GET_AUTHORIZATION_SERVER, GET_AUTH_IMPLEMENTATION})
