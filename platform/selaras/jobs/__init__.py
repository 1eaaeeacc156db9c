"""Jobs that cannot get lost: rows, a fair dispatcher, workers."""
