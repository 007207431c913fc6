"""Tools of programs that the operator connected through the Model Context Protocol. What they say is data."""
