"""The centre in a browser and over REST. What it shows comes from `central.board` and its sisters; who may
see it is decided before anything runs, by the table in `access.py`: a path not in there is refused.

To add a page:
1. its words: `words/<page>.py` with a `TEXTS` table, and one line in `words/__init__.py`;
2. one line in `sections.py` if it has a place in the header (path, key of its name, least role), and one line
   in `access.py` for every further path, with the least role and the parameter that names a place;
3. its file `<page>.py` with `register(shell: Shell) -> None`, and one line in `app.PAGES`.
A live page is a NiceGUI page within `async with shell.page(request, title) as page` (see `overview.py`):
`page.visitor` says who looks, `page.board` answers with that visitor's places only, `page.live(show)` calls
`show` whenever the poller has looked, and `page.visitor.handler(Role.BRANCH, function)` wraps what a button
does: who acts is asked anew at every click.
A plain page (forms, lists, print) is a FastAPI route in a router, one line in `app.ROUTERS`: a method of the
file's class, and one line in its `make_router` (see `users.py`).
It returns `shell.plain(request, "template.html", …)`, the template extends `plain.html`; every form in it
carries `f.token(form_field, form_token)` and is read by `await shell.forms.read(request)`.

To add a REST route: likewise in `rest_<subject>.py`, with `make_router(shell: Shell) -> APIRouter`, one
line in `app.ROUTERS`, one line in `access.py` for every path, one in `docs/api.md`. `rest_base.py` has what
all of them share: `api_router`, `visitor: Asking` says who asks, by session or token, `Limit` and `lead_on`
make pages. What cannot be is `raise Problem(status, key)` with its words in `words/api.py`. Whatever changes
something calls `audit.record` with `visitor.actor()` in the change's own `office.writing()`.
"""
