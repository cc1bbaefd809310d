"""The one-machine stack: real engines from Python packages, no Docker, Java or database needed.

For trying and testing. `engines` starts Kafka and the MongoDB-compatible store, `up` supervises
everything, `cli` is the command `hep`.
"""
