"""What controls and codes of a screen are called on pages, in English."""

LABELS = {
    "edition": "Edition of the questions",
    "positive": "What raises concern",
    "asked": "All were asked",
    "decision": "What follows",
}
CODES = {
    "continue": "Care continues",
    "refer": "Referred",
    "hold": "On hold",
    "emergency": "Emergency",
    "urgent": "Urgent",
    "caution": "Caution",
}
