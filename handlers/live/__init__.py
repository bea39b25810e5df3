"""Messages that change: progress, QRs and codes, and what takes them up after a restart."""
