"""A question in plain words, answered from moments and messages, with its sources."""
