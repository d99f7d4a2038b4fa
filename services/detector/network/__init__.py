"""The network: a frozen trunk, a trained head, and the artefact that keeps them."""
