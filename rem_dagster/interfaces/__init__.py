"""The faces of rem_dagster: command line, web pages and tools for agents."""
