"""The pages: one module each, thin views of what the services return."""
