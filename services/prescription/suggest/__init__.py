"""Exercises that may fit a case: what must not be is taken out first, what is left is ordered.

`traits.toml` says what each exercise asks of the body, `limits.toml` what rules one out,
`conditions.toml` what is treated and with which aims, `aims.toml` which exercises serve them.
`proposal.suggest` is pure; it keeps nothing, and a therapist decides.
"""
