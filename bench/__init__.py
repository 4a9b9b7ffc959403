"""What measures, and judges nothing."""
