"""Makes every object and hands it to those who need it. The only place that knows all rooms."""
