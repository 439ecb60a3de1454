"""`python -m devices.door_counter`: the folder to copy to a counter node (节点程序文件夹)."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from devices.door_counter.bundle import BundleError, bundle


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m devices.door_counter", description=__doc__)
    parser.add_argument("identity", help="such as mz-taiping-03.door-1, the name in its certificate")
    parser.add_argument("--folder", type=Path, required=True, help="what to make")
    parser.add_argument("--certificates", type=Path, required=True, help="ca.crt, IDENTITY.crt, IDENTITY.key")
    parser.add_argument("--host", required=True, help="the broker's name, as in the broker's certificate")
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--wifi", default="")
    args = parser.parse_args(arguments)
    wifi = {"wifi": args.wifi} if args.wifi else {}
    try:
        bundle(args.folder, args.certificates, args.identity, args.host, args.port, **wifi)
    except (BundleError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{args.folder}: 填好 config.json 中的 wifi_password 和 pins，再运行 / fill in wifi_password and pins"
        f" in config.json, then: mpremote cp -r {args.folder}/. : + reset"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
