"""What a device keeps, to work without a network, and how it tells of what was done meanwhile."""
