"""Personal data at rest and on the screen: encrypted fields, blind indexes, masks."""
