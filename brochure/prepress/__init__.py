"""What is done to finished PDFs, and looked at before they are printed."""
