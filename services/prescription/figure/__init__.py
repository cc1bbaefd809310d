"""A figure that shows an exercise: key poses in data, a skeleton of real proportions, SVG.

`movements/<word>.toml` says what the body does, the word being the exercise's. `movement` reads it,
`posture` turns a pose into points in space and keeps hands and feet where they are planted,
`angles` measures what came out, `scene` holds chairs and walls, `drawing` makes pictures of it.
Everything here is pure: lengths are metres, angles degrees; x is forward, y to the left, z up.
"""
