"""What is prescribed, for whom and why: practices, patients, exercises, programs."""
