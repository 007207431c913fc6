"""What is true: facts and who they are about, preferences, summaries of what was talked about."""
