"""The proof of a decision, checked by somebody who runs no engine: nothing of the inference is imported here."""
