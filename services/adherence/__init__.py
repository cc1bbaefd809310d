"""What the patient did and said: sessions, pain, effort, milestones."""
