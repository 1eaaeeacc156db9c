"""What the two do about a result that was not reached, and whether anything follows each result."""
