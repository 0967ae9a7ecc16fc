"""The accountant: identity, contact, and the file that one province at a time keeps."""
