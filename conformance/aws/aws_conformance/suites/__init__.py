"""The suites: each is one function that is given the context and adds checks to the report."""
