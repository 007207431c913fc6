"""How a character stands to a person: trust with its history, mood, lines said once, absence."""
