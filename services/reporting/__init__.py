"""What happened, as timelines."""
