"""The tables in LanceDB: read and written through pylance, and through lancedb what is seldom done."""
