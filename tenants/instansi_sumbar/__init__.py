"""Agency pack: Provinsi Sumatera Barat."""
