"""When a character writes to somebody by itself, why, and what it says. Only to those who asked for it."""
