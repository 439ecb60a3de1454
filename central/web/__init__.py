"""The centre in a browser and over REST. Everything it shows comes from `central.board`.

There are no accounts yet: it must stay behind the loopback address (or a gateway that asks who you are).
"""
