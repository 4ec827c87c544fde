"""Links between raw records that need no model: notes, pages, commits, issues, replies and files."""
