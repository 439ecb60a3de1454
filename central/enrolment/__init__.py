"""How kiosks become ours and cease to be: the library's own authority, claim codes, replacement, revocation.

`authority` signs and revokes, in a folder; `claims` and `register` keep in the office what people decided;
`cutting` lets the broker know at once; `renewing` answers kiosks whose certificate ends.
"""
