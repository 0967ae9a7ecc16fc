"""The API: one file for each resource, thin views over the same services as the pages."""
