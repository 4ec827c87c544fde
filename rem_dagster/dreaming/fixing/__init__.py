"""A person changes what a dream shows: checked, kept, brought to the page, listed, undone."""
