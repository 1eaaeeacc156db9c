"""Content-addressed files, walled by agency."""
