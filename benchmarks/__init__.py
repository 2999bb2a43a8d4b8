"""Our component and the one that Home Assistant ships, measured side by side; see scripts/benchmark."""
