"""SIP2, the self-check's language with the library-management system: codec and client."""
