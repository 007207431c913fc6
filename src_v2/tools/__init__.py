"""What an agent can do besides speaking: one file per tool."""
