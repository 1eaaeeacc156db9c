"""Agency pack: Daerah Istimewa Yogyakarta."""
