"""A bot as Pipecat's own pages build one, to compare with."""
