"""What must survive a crash: one database, its migrations, one small repository per table."""
