"""On the Python path of the Home Assistant whose disk is bad: see sitecustomize."""
