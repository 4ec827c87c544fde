"""How do agents use a memory over the Model Context Protocol?"""
