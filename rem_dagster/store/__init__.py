"""The tables in LanceDB: written through lancedb, read through pylance."""
