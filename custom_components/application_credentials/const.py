"""Names that several modules share."""

from typing import Final

DOMAIN: Final = "application_credentials"

CONF_AUTH_DOMAIN: Final = "auth_domain"

# The key in a config entry's data that says which implementation serves it.
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"

# Far above what providers issue, far below what would burden a page that lists credentials.
MAX_LENGTH_CLIENT_ID: Final = 1024
MAX_LENGTH_CLIENT_SECRET: Final = 4096
MAX_LENGTH_NAME: Final = 255

# Sent when what is known of a credential, or what uses it, has changed. Its argument is the
# id of the credential, empty for an account that no credential serves.
SIGNAL_CREDENTIAL: Final = f"{DOMAIN}_credential"
