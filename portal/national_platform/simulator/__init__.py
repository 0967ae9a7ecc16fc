"""The other end: a national platform and SMS gateway in their own process, durable, with faults."""
