"""Generated agencies for the demo: people, files and the run itself."""
