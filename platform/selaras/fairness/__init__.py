"""Evidence against cheap and biased rating: suggested with its figures and in plain words, never automatic."""
