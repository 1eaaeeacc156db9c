"""What each kind of file means: its checks, and the commands that take it over."""
