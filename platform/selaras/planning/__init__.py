"""Goals, cascading and plans (SKP)."""
