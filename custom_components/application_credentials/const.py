"""Names that several modules share."""

from typing import Final

DOMAIN: Final = "application_credentials"

CONF_AUTH_DOMAIN: Final = "auth_domain"

# The key in a config entry's data that says which implementation serves it.
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"

# Where people find the repair issues.
REPAIRS_PAGE: Final = "/config/repairs"
