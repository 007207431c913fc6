"""The doors: Discord, the web page, the terminal. Each turns its platform's events into turns and shows the replies."""
