"""What activity lies on this machine?"""
