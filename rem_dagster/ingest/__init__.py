"""Sources joined with the store: import, sync, exclude, report."""
