"""The Discord door: characters as bots, in direct messages, channels and threads."""
