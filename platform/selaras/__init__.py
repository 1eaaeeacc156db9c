"""Selaras: the performance cycle of Indonesian civil servants, many agencies on one instance."""
