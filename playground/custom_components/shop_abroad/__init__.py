"""The Playground Shop Abroad: an integration of all the played providers, without accounts."""
