"""Stories that show the system: synthetic people, pictures and cases. Never on a real server."""
