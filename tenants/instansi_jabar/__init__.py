"""Agency pack: Provinsi Jawa Barat: its allowance is known by name, its table is not."""
