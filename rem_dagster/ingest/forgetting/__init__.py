"""How is activity forgotten, with all that was derived from it, and how is that proved?"""
