"""Debian's PostgreSQL for tests: a server of their own on a free port, with databases by the dozen.

PostgreSQL refuses root, so root runs it as the user `postgres` that Debian's package makes.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg

from hardware_sim.processes import free_port
from tests.waiting import wait_for

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER = "postgres"


class Postgres:
    """`with Postgres() as server:`; `server.database()` is the URL of a new one. `server.stop()` and
    `server.start()` may be called in between."""

    def __init__(self) -> None:
        assert BINARIES, "no PostgreSQL: apt-get install postgresql"
        self.port = free_port()
        # not pytest's: its folders are closed to other users
        self._folder = Path(tempfile.mkdtemp(prefix="shuzhan-postgres-"))
        self._server: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._run_as = None if os.geteuid() else pwd.getpwnam(USER)
        if self._run_as:
            os.chown(self._folder, self._run_as.pw_uid, self._run_as.pw_gid)
        options = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(self._command("initdb", *options), check=True, capture_output=True, cwd=self._folder)

    def database(self) -> str:
        name = f"centre_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def start(self) -> None:
        options = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                self._command("postgres", *options), stdout=log, stderr=log, cwd=self._folder
            )
        wait_for(self._answers, f"PostgreSQL answers; its log is {self._folder}/log", 60)

    def stop(self) -> None:
        """At once: what was committed is in its log."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(30)
            self._server = None

    def _answers(self) -> bool:
        assert self._server is not None and self._server.poll() is None
        with suppress(psycopg.OperationalError):
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
            return True
        return False

    def _url(self, database: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def _command(self, program: str, *options: str) -> list[str]:
        command = [str(BINARIES[-1] / program), "-D", str(self._folder / "data"), *options]
        if self._run_as:
            ids = ["--reuid", str(self._run_as.pw_uid), "--regid", str(self._run_as.pw_gid)]
            # not through a shell or su: the process we start is the server itself
            return ["setpriv", *ids, "--clear-groups", *command]
        return command

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)
