"""How good each reviewer is, from counts that any kind of task gives."""
