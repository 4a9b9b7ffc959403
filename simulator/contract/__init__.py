"""The contract asked of servers: what V2 and the dashboard have to answer, without anything being written there."""
