"""The judge of a run: reads engines, mails and answers by itself, and shares no code with them."""
