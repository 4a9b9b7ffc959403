"""Whole calls, as callers place them, and while something breaks."""
