"""Laws of nature and scales as reference documents state them: no instrument, no file, no uncertainty."""
