"""As ekutner/home-connect-hass uses credentials: the host is chosen in the flow."""
