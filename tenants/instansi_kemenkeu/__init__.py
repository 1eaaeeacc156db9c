"""Agency pack: Kementerian Keuangan."""
