"""The central console: its own process, host, cookie and database role; sees agencies and figures, never a person."""
