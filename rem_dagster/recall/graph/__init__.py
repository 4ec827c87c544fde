"""Reading the graph of a home: who and what is connected, by which edges, on which days."""
