"""The files of a child that asks a version."""

#: In the child's folder: what it is asked, and what it answers.
MODEL, FEATURES, BODIES, SAMPLE = "model", "features.arrow", "bodies.json", "sample.arrow"
SCORES, REHEARSED, SAMPLED = "scores.npy", "rehearsed.npy", "sampled.npy"
