"""Entry point: the environment of a process, the options every command shares, and errors as one line.

Nothing heavy is imported here or in the command modules: a command imports what it needs when it runs.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from collections.abc import Mapping

import click

from rag.cli import access, answers, briefing, corpus, evaluation, health, indexing, serving
from rag.cli.terminal import clean
from rag.errors import DatelineError

# Idle OpenMP threads that spin starve the model and the embedder of a small machine (a factor of 10 and more).
# The rest keeps libraries from reaching for the network on import. What the user has set stands.
_ENVIRONMENT: Mapping[str, str] = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "ORT_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "HF_HUB_VERBOSITY": "error",
}
# What the machine refuses, whatever we do: not a bug, and worth one line.
_REFUSALS = {
    errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG, errno.EMFILE,
}  # fmt: skip

WRONG_USE = 2
INTERRUPTED = 130


class _Interruptible(click.Group):
    """Ends with one line on Ctrl-C, where click would print an empty one before it."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _complain("interrupted; what was finished is kept")
            raise click.exceptions.Exit(INTERRUPTED) from None


@click.group(cls=_Interruptible, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(package_name="dateline", prog_name="dateline")
@click.pass_context
def dateline(context: click.Context) -> None:
    """Ask a news corpus a question, get an answer you can check."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    corpus.ingest,
    corpus.sources,
    corpus.search,
    indexing.reindex,
    indexing.export,
    indexing.import_,
    answers.ask,
    briefing.brief,
    briefing.quote,
    answers.verify,
    evaluation.evaluation,
    health.doctor,
    serving.serve,
    serving.mcp,
    access.key,
    access.user,
):
    dateline.add_command(command)


def main() -> None:
    """Runs ``dateline`` and exits: 0 done, 1 negative result, 2 wrong use or bad input, 130 interrupted."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    logs = logging.StreamHandler()
    logs.setLevel(logging.ERROR)  # on the handler: loggers with a level of their own pass the root's by
    logging.basicConfig(handlers=[logs], format="%(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Unicode still gets the rest
    code = _run()
    if code == INTERRUPTED:
        # Python would die of the signal instead when it struck inside certain imports, and native threads linger.
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)


def _run() -> int:
    try:
        result = dateline.main(prog_name="dateline", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except (KeyboardInterrupt, click.Abort):  # before a command has begun
        return INTERRUPTED
    except click.ClickException as error:
        hint = f" ({error.ctx.command_path} --help)" if isinstance(error, click.UsageError) and error.ctx else ""
        _complain(f"{error.format_message()}{hint}")
        return WRONG_USE
    except DatelineError as error:
        _complain(str(error))
        return WRONG_USE
    except BrokenPipeError:
        # The reader of our output has left (`dateline … | head`): nothing to say, and nowhere to say it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in _REFUSALS:
            raise
        _complain(f"{error.filename or 'this machine'}: {error.strerror}; nothing stored was lost")
        return WRONG_USE


def _complain(message: str) -> None:
    click.echo(f"dateline: {clean(message)}", err=True)
