"""How does what a home holds leave it: as notes, as a calendar, as lines, as tables?"""
