"""What the codes of a case are called, in English."""

CODES = {
    "acute": "Acute: it is new or flaring up",
    "subacute": "Subacute: it calms down",
    "late": "Late: strength and function",
    "low": "Low: it settles at once",
    "moderate": "Moderate: it settles within a day",
    "high": "High: little brings it on, and it lasts",
}
