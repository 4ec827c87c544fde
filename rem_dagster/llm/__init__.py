"""Models only: what a language model is asked and what it answers."""
