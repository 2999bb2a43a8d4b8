"""The Playground Shop Own Way: as the shop abroad, with an implementation of its own."""

from custom_components.shop_abroad import async_setup_entry, async_unload_entry

__all__ = ["async_setup_entry", "async_unload_entry"]
