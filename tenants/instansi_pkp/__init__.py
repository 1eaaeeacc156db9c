"""Agency pack: Kementerian Perumahan dan Kawasan Permukiman, which carries on PUPR's housing."""
