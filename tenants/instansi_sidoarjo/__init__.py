"""Agency pack: Kabupaten Sidoarjo: keeps the default ranking rule and remuneration table."""
