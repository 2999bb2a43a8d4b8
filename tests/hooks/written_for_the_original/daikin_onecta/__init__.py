"""As jwillemsen/daikin_onecta uses credentials: the hook names the endpoints."""
