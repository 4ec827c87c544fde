"""Reading what was dreamt: search, SQL, timelines and natural times."""
