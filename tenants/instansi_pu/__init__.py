"""Agency pack: Kementerian Pekerjaan Umum, which carries on PUPR's public works."""
