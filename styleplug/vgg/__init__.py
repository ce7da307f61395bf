"""The network whose features are matched: its layers, its model file, its encoders."""
