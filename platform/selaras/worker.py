"""Composition root of the dispatcher and of the workers: which job is done by whom, and the life of both processes."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from threading import Event
from types import FrameType

import psycopg
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError

from selaras.agenda import rounds as reminding
from selaras.agenda.jobs import CountRounds
from selaras.audit.rounds import SealRounds
from selaras.channels import rounds as channels
from selaras.config import Settings
from selaras.db.session import Database
from selaras.exchange.national import rounds as telling
from selaras.files.store import LocalStore
from selaras.files.sweeping import SweepRounds
from selaras.identity import rounds as renewing
from selaras.identity.sessions import SessionStore, connect
from selaras.jobs import porter
from selaras.jobs.bell import Bell
from selaras.jobs.carrying import Carrier
from selaras.jobs.context import Handler
from selaras.jobs.dispatcher import Dispatcher
from selaras.jobs.queue import JobQueue
from selaras.jobs.reach import Reach
from selaras.jobs.rounds import AgencyRounds
from selaras.jobs.watch import Watch
from selaras.monitoring import scanning
from selaras.organisation.rounds import LeaverRounds
from selaras.translations import DEFAULT, translations


def handlers(settings: Settings) -> Mapping[str, Handler]:
    """Every kind of job and who does it."""
    from selaras.agenda import jobs as agenda
    from selaras.agenda import reminders
    from selaras.channels import inviting
    from selaras.channels import jobs as sending
    from selaras.closing import jobs as closing
    from selaras.evaluation.service import open_days
    from selaras.exchange import export_jobs as exports
    from selaras.exchange import jobs as exchange
    from selaras.exchange.national import jobs as national
    from selaras.followup.pay import simulating
    from selaras.identity import jobs as identity
    from selaras.monitoring.survey import jobs as survey
    from selaras.planning.across import jobs as across
    from selaras.regulation import load_registry

    return {
        "close": closing.run,
        "import": exchange.run,
        exports.JOB: exports.run,
        simulating.JOB: simulating.run,
        "survey_close": survey.run,
        sending.KIND: sending.deliver(settings, translations(DEFAULT).gettext),
        inviting.KIND: inviting.handler(settings, translations(DEFAULT).gettext),
        scanning.KIND: scanning.handler(settings),
        reminding.KIND: reminders.handler(load_registry()),
        agenda.KIND: agenda.run,
        renewing.KIND: identity.handler(settings),
        national.KIND: national.handler(settings),
        "input_grant": partial(across.carry, settled=open_days),
    }


def run_worker(settings: Settings, handlers: Mapping[str, Handler], say: Callable[[str], None] = print) -> None:
    """Do jobs until SIGTERM or Ctrl-C; then the job at hand ends, or goes back at its next transaction."""
    _log()
    url = settings.require("app_database_url")
    database = Database(url, pool_size=2)
    database.refuse_bypass()
    watch = Watch(url)
    stop = Event()
    queue = JobQueue(_redis(settings))
    carrier = Carrier(database, watch, handlers, stop.is_set)
    reach = Reach("Redis")
    say(f"worker ready: {', '.join(sorted(handlers)) or '-'}")
    while not stop.is_set():
        _on_signal(stop)
        try:
            queue.redis.ping()
            reach.answered()
            porter.work(queue, carrier, stop)
        except RedisError as error:
            stop.wait(reach.failed(error))
    watch.close()
    database.close()
    queue.redis.close()


def run_dispatcher(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Hand out jobs, seal ledgers, sweep files and close out leavers until SIGTERM or Ctrl-C."""
    _log()
    url = settings.require("app_database_url")
    database = Database(url, pool_size=1)
    database.refuse_bypass()
    stop = Event()
    _on_signal(stop)
    queue = JobQueue(_redis(settings))
    chores: list[Callable[[], None]] = [
        SealRounds(database),
        SweepRounds(database, LocalStore(settings.files)),
        LeaverRounds(database, SessionStore(connect(settings.require("redis_url")))),
        AgencyRounds(database, reminding.ask, reminding.EVERY),
        AgencyRounds(database, renewing.ask, renewing.EVERY),
        AgencyRounds(database, telling.ask, telling.EVERY),
        AgencyRounds(database, reminding.desk, reminding.DESK_EVERY),
        AgencyRounds(database, partial(channels.post, mail=bool(settings.smtp_host)), channels.EVERY),
        *([AgencyRounds(database, scanning.ask, scanning.EVERY)] if settings.scanner else []),
        CountRounds(database),
    ]
    dispatcher = Dispatcher(database, queue, settings.jobs_in_flight, chores)
    reach = Reach("The database")
    say(f"dispatcher ready: at most {settings.jobs_in_flight} jobs of an agency at a time")
    while not stop.is_set():
        try:
            with Bell(url) as bell:
                reach.answered()
                dispatcher.run(bell, stop.is_set)
        except (psycopg.OperationalError, OperationalError) as error:
            stop.wait(reach.failed(error))
    database.close()
    queue.redis.close()


def _redis(settings: Settings) -> Redis:
    # No time limit of the client's own (five seconds by default): RQ waits longer than that for the next job, and
    # sets the limit itself where none is set. With one, an idle worker took its own patience for a lost server.
    return Redis.from_url(settings.require("redis_url"), socket_timeout=None)


def _log() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")


def _on_signal(stop: Event) -> None:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
