"""What Dagster sees: thin definitions over the core. Everything here is imported when a location loads."""
