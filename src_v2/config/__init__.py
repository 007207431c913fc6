"""What an operator can set. Nothing else in the code reads the environment."""
