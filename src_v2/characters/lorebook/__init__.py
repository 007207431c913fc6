"""What a character knows of its world, and when it comes to mind: entries that fire on what is being said."""
