"""What model calls cost: reports for people, and caps that stop before a model is asked."""
