"""The web door: the chat page and the HTTP API behind it, served by the process itself."""
