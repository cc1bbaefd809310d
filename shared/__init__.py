"""The kit every service stands on: commit store, relay, consumer, due work, sending, web.

Knows no service. Each module is one word of the field: `store`, `stream`, `relay`, `consume`.
"""
