"""What a diagram may ask for: one function for each service task, named as in the diagram."""
