"""Where activity comes from: one module per kind of source."""
