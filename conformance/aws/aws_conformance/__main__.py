"""`python -m aws_conformance`: runs the suites against an endpoint and says what it found.

Credentials come from where every AWS program takes them: the environment or the shared files.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import botocore.session

from . import page, report
from .client import Client
from .context import Context
from .model import Model
from .report import Report
from .scene import Scene
from .status import DEFAULT_FILE, Status
from .suites import effects, errors, operations, paging, scenarios, tokens, wire
from .wire import Signing, Wire

FAILED = 1
MISUSED = 2


def main() -> int:
    """Runs what was asked for; 0 if all passed."""
    options = _options()
    signing = _signing(options.region)
    if signing is None:
        print("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", file=sys.stderr)
        return MISUSED
    model, found = Model(), Report(verbose=options.verbose)
    connection = Wire(model, options.endpoint_url, signing)
    client = Client(model, connection, found)
    status = Status(options.status, list(model.operations))
    scenes: list[Scene] = []

    def new_scene() -> Scene:
        scenes.append(Scene(client, options.token_command))
        return scenes[-1]

    context = Context(model, connection, client, found, new_scene(), status)
    try:
        _run(context, new_scene, options.suite or list(SUITES))
    finally:
        for scene in scenes:
            scene.clean_up()
        connection.close()
    return _finish(context, options)


def _run(context: Context, new_scene: Callable[[], Scene], chosen: list[str]) -> None:
    """The chosen suites; the shell scenario runs beside the others, because it mostly waits."""
    beside = scenarios.start_shell(context) if "scenarios" in chosen else None
    try:
        with context.report.timed("preparing"):
            context.scene.prepare()
        for name in chosen:
            with context.report.timed(name):
                if name == "scenarios":
                    scenarios.run(context, beside)
                else:
                    SUITES[name](context, new_scene)
    finally:
        if beside is not None:
            beside.stop()


SUITES: dict[str, Callable[[Context, Callable[[], Scene]], None]] = {
    "operations": lambda context, _: operations.run(context),
    "errors": lambda context, _: errors.run(context),
    "tokens": lambda context, _: tokens.run(context),
    "wire": lambda context, _: wire.run(context),
    "effects": lambda context, new_scene: effects.run(context, new_scene()),
    "paging": lambda context, new_scene: paging.run(context, new_scene()),
    "scenarios": lambda _, __: None,
}


def _finish(context: Context, options: argparse.Namespace) -> int:
    report.print_table(context.report, list(context.model.operations))
    if options.suite is None:
        if options.write is not None:
            page.write(context, options.write)
        if options.compare is not None:
            _compare(context, options.compare)
    report.print_failures(context.report)
    report.print_totals(context.report)
    return FAILED if context.report.failed else 0


def _compare(context: Context, path: Path) -> None:
    """Fails if the page on disk is not the one that this run would write."""
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(kept.splitlines(), page.text(context).splitlines(), str(path), "this run", lineterm="")
    difference = "\n".join(lines)
    problem = f"write it anew with --write and read what changed:\n{difference}" if difference else None
    context.report.add("page", None, f"{path} is what this run would write", problem)


def _signing(region: str) -> Signing | None:
    credentials = botocore.session.get_session().get_credentials()
    if credentials is None:
        return None
    frozen = credentials.get_frozen_credentials()
    if not frozen.access_key or not frozen.secret_key:
        return None
    return Signing(frozen.access_key, frozen.secret_key, region, session_token=frozen.token)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="aws_conformance", description=__doc__.splitlines()[0])
    endpoint = os.environ.get("AWS_ENDPOINT_URL_WORKMAIL") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    parser.add_argument("--endpoint-url", default=endpoint, required=endpoint is None, help="where the endpoint is")
    parser.add_argument("--region", default=region, help="the region for which requests are signed")
    parser.add_argument("--suite", action="append", choices=list(SUITES), help="only this suite; may be repeated")
    parser.add_argument("--status", type=Path, default=DEFAULT_FILE, help="the table of what is served and stored")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page to this file")
    parser.add_argument("--compare", type=Path, metavar="FILE", help="fail unless this file is what would be written")
    parser.add_argument(
        "--token-command",
        metavar="COMMAND",
        help="makes a personal access token and prints its id; ORGANIZATION, USER and NAME in it are replaced",
    )
    parser.add_argument("--verbose", action="store_true", help="print each check, not only those that fail")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
