"""One job on one picture, whoever asks: what it is, the road that it takes, and the note of it."""
