"""Scripts as administrators write them, run as they are; and what Terraform's provider waits for."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..context import Context
from . import terraform

SUITE = "scenarios"
FOLDER = Path(__file__).parents[2] / "scenarios"
SCENARIO_SECONDS_MAX = 600

# What the two scripts of a day use.
DAY = (
    "AssociateDelegateToResource",
    "AssociateMemberToGroup",
    "CreateAlias",
    "CreateGroup",
    "CreateOrganization",
    "CreateResource",
    "CreateUser",
    "DeleteAlias",
    "DeleteGroup",
    "DeleteMailboxPermissions",
    "DeleteOrganization",
    "DeleteResource",
    "DeleteUser",
    "DeregisterFromWorkMail",
    "DeregisterMailDomain",
    "DescribeEntity",
    "DescribeGroup",
    "DescribeOrganization",
    "DescribeResource",
    "DescribeUser",
    "DisassociateDelegateFromResource",
    "DisassociateMemberFromGroup",
    "GetMailDomain",
    "GetMailboxDetails",
    "ListAliases",
    "ListGroupMembers",
    "ListGroups",
    "ListMailDomains",
    "ListMailboxPermissions",
    "ListOrganizations",
    "ListResourceDelegates",
    "ListResources",
    "ListUsers",
    "PutMailboxPermissions",
    "RegisterMailDomain",
    "RegisterToWorkMail",
    "ResetPassword",
    "UpdateMailboxQuota",
    "UpdatePrimaryEmailAddress",
    "UpdateResource",
    "UpdateUser",
)


@dataclass
class Running:
    """A script that runs beside the suites."""

    process: subprocess.Popen[str]

    def finish(self) -> tuple[int, str]:
        """Waits for its end; gives the exit code and what it said."""
        try:
            output, _ = self.process.communicate(timeout=SCENARIO_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.stop()
            output = f"{self.process.communicate()[0]}\nstopped after {SCENARIO_SECONDS_MAX} seconds"
        return self.process.returncode, output

    def stop(self) -> None:
        """Ends it, if it has not ended."""
        if self.process.poll() is None:
            self.process.terminate()


def start_shell(context: Context) -> Running:
    """Starts the day of the AWS CLI."""
    return _start(context, ["bash", str(FOLDER / "day.sh"), f"shell-{context.scene.run}"])


def _start(context: Context, command: list[str]) -> Running:
    process = subprocess.Popen(
        command, env=_environment(context), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return Running(process)


def run(context: Context, shell: Running | None) -> None:
    """Terraform, the day of boto3, and the end of the day of the AWS CLI."""
    terraform.run(context)
    python = _start(context, [sys.executable, str(FOLDER / "day.py"), f"python-{context.scene.run}"])
    _ended(context, "a day with boto3", *python.finish())
    if shell is not None:
        _ended(context, "a day with the AWS CLI", *shell.finish())


def _ended(context: Context, what: str, code: int, output: str) -> None:
    problem = None if code == 0 else f"exit code {code}; the end of what it said:\n{output[-2000:]}"
    for operation in DAY:
        context.report.add(SUITE, operation, what, problem)


def _environment(context: Context) -> dict[str, str]:
    """What an administrator sets to point their scripts here, and nothing else."""
    signing = context.wire.signing
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    scripts = sysconfig.get_path("scripts")
    return {
        **kept,
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
        "AWS_ENDPOINT_URL": context.wire.endpoint_url,
        "AWS_ACCESS_KEY_ID": signing.access_key,
        "AWS_SECRET_ACCESS_KEY": signing.secret_key,
        "AWS_DEFAULT_REGION": signing.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
