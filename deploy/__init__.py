"""Ways to run the platform; nothing in a service imports from here."""
