"""`carbon up`: everything on this machine with one command, until Ctrl-C."""

import time

import click

from backend.cli.terminal import checked_settings, plain, say, screen


@click.command()
@click.option("--seed/--no-seed", "is_seeded", default=True, help="Create the demonstration data the first time.")
@click.option("--journey/--no-journey", "has_journey", default=True, help="Run the main job once and show its account.")
def up(*, is_seeded: bool, has_journey: bool) -> None:
    """Start everything and stay up until Ctrl-C.

    Starts PostgreSQL and Valkey (unless settings name servers), creates and migrates the tenants, loads the reference
    parameters and the demonstration, starts the API and the workers, and watches over them: what dies is started
    again. Logs are in <data folder>/logs. Ctrl-C stops every child.
    """
    from backend.cli.steps import STEPS, Installation  # noqa: PLC0415 - keeps `--help` quick
    from backend.cli.supervisor import Stop, Supervisor, ignore_signals, raise_on_signals  # noqa: PLC0415 - the same

    settings = checked_settings()
    settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    begun = time.monotonic()
    supervisor = Supervisor(lambda english, chinese: screen.print(f"[yellow]![/] {plain(say(english, chinese))}"))
    with screen.status("") as status:
        title = ""

        def tell(detail: str) -> None:
            status.update(f"{title} [dim]{plain(detail)}[/]")
            if not screen.is_terminal:
                screen.print(f"    [dim]{plain(detail)}[/]")

        installation = Installation(settings, supervisor, tell, is_seeded=is_seeded, has_journey=has_journey)
        raise_on_signals()
        try:
            for step in STEPS:
                title = step.title
                status.update(title)
                since = time.monotonic()
                step.do(installation)
                screen.print(f"[green]✓[/] {title} [dim]{time.monotonic() - since:.1f} s[/]")
            status.stop()
            for thing in installation.shown:
                screen.print(thing)
            screen.print(
                say(
                    f"[bold green]Ready in {time.monotonic() - begun:.1f} s.[/] Open {installation.base_url}  "
                    f"Logs: {installation.logs}  Ctrl-C stops everything.",
                    f"[bold green]{time.monotonic() - begun:.1f} 秒后就绪。[/] 访问 {installation.base_url}  "
                    f"日志：{installation.logs}  按 Ctrl-C 停止全部服务。",
                )
            )
            supervisor.run()
        except Stop:
            status.stop()
            screen.print(say("Stopping...", "正在停止……"))
        finally:
            ignore_signals()
            supervisor.stop()
            if installation.lock is not None:
                installation.lock.release()
    screen.print(say("Stopped.", "已停止。"))
