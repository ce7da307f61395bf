"""Videos, frame by frame, each held to what the one before has become, so that nothing flickers."""
