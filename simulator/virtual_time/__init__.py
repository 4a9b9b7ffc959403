"""Calls on a clock that jumps: the clock, the loop, the threads and the processes."""
