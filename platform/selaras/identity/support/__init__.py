"""Support access: an operator at one agency, by its approval, for a while, read-only, every view recorded there."""
