"""Which modules hold the pages of the web journal?

Each has `routes`, a list of Starlette's routes.
"""

PAGES = ("day", "periods", "standup", "search", "topics", "item", "ask", "dream", "fix", "found")
