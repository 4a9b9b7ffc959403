"""The canonical Pipecat bot for the telephone: what the service is measured against."""
