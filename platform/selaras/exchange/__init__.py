"""Files in and out: imports and exports."""
