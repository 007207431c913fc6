"""How a character stands to a person and what it does by itself: trust, moods, goals, epiphanies, diary, reminders."""
