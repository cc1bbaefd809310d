"""What is said to people and when: reminders, celebrations, the inbox."""
