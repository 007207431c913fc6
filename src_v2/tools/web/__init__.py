"""Looking things up on the web: searching, and reading pages, without ever touching the machine's own networks."""
