"""How does a home get another time zone, or another start of its days?"""
