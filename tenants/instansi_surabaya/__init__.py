"""Agency pack: Kota Surabaya: own ranking rule and own remuneration table."""
