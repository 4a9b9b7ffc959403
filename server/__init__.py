"""The process: how a call is let in, run, brought back, handed on and closed."""
