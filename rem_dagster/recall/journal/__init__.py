"""What does a page of the journal say, whether it is printed, served, exported or told to an agent?"""
