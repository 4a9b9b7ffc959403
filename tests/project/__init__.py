"""The project itself: its files, its pages, and that its tests are what they say."""
