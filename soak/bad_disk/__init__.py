"""In the path of the Home Assistant whose disk is bad: see sitecustomize."""
