"""A librarian at the centre's pages: signs in as people do, with forms and a cookie, and reads REST.

At the centre's first start it takes the one-time password and chooses its own.
"""

import json
import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

NAME = "main"
PASSWORD = "tianya-haijiao-1987"
"""What the librarian chooses; the demo's, good for nothing else."""
SIGN_IN = f"（账号 user {NAME}，密码 password {PASSWORD}）"
ONE_TIME = re.compile(r"user (\S+), one-time password (\S+)")
FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


class Staff:
    """Somebody with a browser's manners: cookies are kept, forms are fetched before they are sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def start(self, one_time_password: str) -> None:
        """The first sign-in of the first account: a password of one's own instead of the one-time one."""
        self.sign_in(one_time_password)
        self.send("/login/password", new=PASSWORD, repeated=PASSWORD)

    def sign_in(self, password: str = PASSWORD, name: str = NAME) -> None:
        self.send("/login", name=name, password=password)

    def send(self, path: str, page: str = "", **fields: str) -> str:
        """Fill in the form of `page` (`path` itself, if not given) and send it; the page that follows."""
        token = FORM_TOKEN.search(self.page(page or path))
        if token is None:
            raise ValueError(f"{self.url}{path}: no form there")
        data = urllib.parse.urlencode({"form_token": token[1], **fields}).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, {"Origin": self.url})
        with self._opener.open(request, timeout=30) as reply:
            return str(reply.read().decode())

    def page(self, path: str) -> str:
        with self._opener.open(f"{self.url}{path}", timeout=30) as reply:
            return str(reply.read().decode())

    def get(self, path: str) -> Any:
        """What REST answers."""
        return json.loads(self.page(path))
