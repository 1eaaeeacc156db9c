"""Agency pack: Kementerian Pekerjaan Umum dan Perumahan Rakyat (until October 2024)."""
