"""Corrections reach a day that was dreamt, without a dream."""
