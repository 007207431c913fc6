"""What belongs to the people a character speaks with: shown, corrected, taken along, erased, brought in."""
