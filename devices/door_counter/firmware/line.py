"""The way to the broker: TLS with the node's own certificate, as every device of ours."""

import asyncio
import ssl


async def open_line(config: dict) -> tuple:
    """(reader, writer). Certificates are DER files in the `folder` of the configuration, or beside the
    programme: ca.der, node.der and node.key.der."""
    folder = config.get("folder", "")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=_bytes(folder + "ca.der"))
    context.load_cert_chain(_bytes(folder + "node.der"), _bytes(folder + "node.key.der"))
    host, port = config["host"], config["port"]
    return await asyncio.open_connection(host, port, ssl=context, server_hostname=host)


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
