"""Constants."""

DOMAIN = "home_connect_alt"
CONF_API_HOST = "api_host"
DEFAULT_API_HOST = "https://api.home-connect.test"
OTHER_API_HOST = "https://api.home-connect-china.test"
