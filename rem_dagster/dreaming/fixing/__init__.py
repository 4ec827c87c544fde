"""A person corrects what a dream shows: checked, kept, listed, undone."""
