"""Breaks things during whole calls: parts, processes, machines; and measures what calls cost."""
