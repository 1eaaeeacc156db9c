"""How messages travel beyond the page: by e-mail and through a gateway of messengers."""
