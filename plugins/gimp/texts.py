"""Texts about a running job."""


def progress_text(message):
    """What a progress message says, with the time that is left."""
    seconds = message.get("remaining")
    if seconds is None:
        return message["text"]
    left = f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
    return f"{message['text']}, about {left} left"
