"""How does a person read their days in a browser?"""
