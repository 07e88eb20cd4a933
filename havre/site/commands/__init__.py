"""Commands of the house, one module each."""
