"""What a person wants to reach and what a character wishes for with them: stated, inferred, moved on, reached."""
