"""What a real LibreOffice makes of the files: run by `scripts/test --office`."""
