"""The worker: runs jobs as their triggers come, and sweeps by the clock whether triggers come or not."""

import asyncio
import os
import signal
from typing import cast

import structlog
from arq.typing import WorkerCoroutine
from arq.worker import Function, Worker, func

from control_plane import settings as settings_module
from control_plane.accounts import jobs as accounts
from control_plane.agencies import jobs as agencies
from control_plane.analytics import jobs as analytics
from control_plane.blobs import jobs as blobs
from control_plane.bounces import jobs as bounces
from control_plane.bounces.service.intake import ReturnIntake
from control_plane.certificates import jobs as certificates
from control_plane.core import idempotency, log
from control_plane.core.errors import Unavailable
from control_plane.core.jobs import MOST_AT_ONCE, Job, JobContext, collect
from control_plane.core.outbox import JobTrigger
from control_plane.core.runtime import open_runtime
from control_plane.core.valkey import QUEUE_NAME, ArqQueue, deserialize_job, serialize_job
from control_plane.deliveries import jobs as deliveries
from control_plane.dns_publishing import jobs as dns_publishing
from control_plane.dns_zone import jobs as dns_zone
from control_plane.enforcement import jobs as enforcement
from control_plane.inbound import jobs as inbound
from control_plane.inbound.schemas import Handler
from control_plane.inbound_routes import jobs as inbound_routes
from control_plane.inbound_routes.service import RouteIntake
from control_plane.ip_pools import jobs as ip_pools
from control_plane.mail_domains import jobs as mail_domains
from control_plane.messages import jobs as messages
from control_plane.moves import jobs as moves
from control_plane.nodes import jobs as nodes
from control_plane.notices import jobs as notices
from control_plane.piccolo_conf import DB
from control_plane.quotas import jobs as quotas
from control_plane.relays import jobs as relays
from control_plane.reports import jobs as reports
from control_plane.reports.service import ReportIntake
from control_plane.reputation import jobs as reputation
from control_plane.rollouts import jobs as rollouts
from control_plane.sandbox import jobs as sandbox
from control_plane.shaping import jobs as shaping
from control_plane.suppressions import jobs as suppressions
from control_plane.tenants import jobs as tenants
from control_plane.warmup import jobs as warmup
from control_plane.webhooks import jobs as webhooks

_log = structlog.get_logger()

INBOUND: tuple[Handler, ...] = (ReturnIntake(), ReportIntake(), RouteIntake())
"""Who takes mail that nodes hand up, asked in this order."""

OUTFIT: tuple[nodes.Sweep, ...] = (rollouts.tell_all, relays.publish, ip_pools.tell_nodes)
"""What a new node is to have before its first mail, whosever it is: how daemons work, shaping, relays, pools."""

JOBS = collect(
    [
        idempotency.JOBS,
        accounts.JOBS,
        agencies.JOBS,
        analytics.JOBS,
        blobs.JOBS,
        bounces.JOBS,
        certificates.JOBS,
        deliveries.JOBS,
        dns_zone.JOBS,
        enforcement.JOBS,
        inbound.jobs(INBOUND),
        inbound_routes.JOBS,
        dns_publishing.JOBS,
        ip_pools.JOBS,
        mail_domains.JOBS,
        messages.JOBS,
        moves.JOBS,
        nodes.jobs(OUTFIT),
        notices.JOBS,
        quotas.JOBS,
        relays.JOBS,
        reports.JOBS,
        reputation.JOBS,
        rollouts.JOBS,
        sandbox.JOBS,
        shaping.JOBS,
        suppressions.JOBS,
        tenants.JOBS,
        warmup.JOBS,
        webhooks.JOBS,
    ]
)

_PAUSE_SECONDS = 1


async def work(context: JobContext, jobs: tuple[Job, ...], stop: asyncio.Event) -> None:
    """Work until told to stop; a job that runs then is cancelled, and its row found again by a sweep."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_sweep(context, job), name=job.name) for job in jobs if job.every_seconds]
        tasks.append(group.create_task(_take_triggers(context, jobs), name="triggers"))
        await stop.wait()
        for task in tasks:
            task.cancel()


async def _sweep(context: JobContext, job: Job) -> None:
    """Run one sweep for ever; Valkey has no part in it."""
    assert job.every_seconds is not None
    while True:
        try:
            async with asyncio.timeout(job.timeout_seconds):
                await job.run(context)
        except Unavailable as error:
            _log.warning("a sweep waits for a neighbour", action="worker.sweep_waits", job=job.name, error=error.detail)
        except Exception:  # noqa: BLE001 whatever it is, the worker goes on
            _log.exception("a sweep failed and will run again", action="worker.sweep_failed", job=job.name)
        await asyncio.sleep(job.every_seconds)


async def _take_triggers(context: JobContext, jobs: tuple[Job, ...]) -> None:
    """Run arq's worker; when Valkey goes away, try again until it is back."""
    while True:
        queue = ArqQueue(context.settings.redis_url)
        worker = Worker(
            [_arq_function(context, job, queue) for job in jobs],
            queue_name=QUEUE_NAME,
            redis_pool=queue.pool,
            handle_signals=False,
            max_jobs=MOST_AT_ONCE,
            poll_delay=0.05,
            keep_result=0,
            max_tries=1,
            job_serializer=serialize_job,
            job_deserializer=deserialize_job,
            log_results=False,
        )
        try:
            await worker.async_run()
        except Exception as error:  # noqa: BLE001 whatever it is, the worker goes on
            _log.warning("triggers are interrupted", action="worker.interrupted", error=str(error))
        finally:
            await _end(worker)
            await queue.close()
        await asyncio.sleep(_PAUSE_SECONDS)


async def _end(worker: Worker) -> None:
    """Cancel what runs: a sweep finds its rows. arq's own way stops half-way at the first job that was cancelled."""
    for task in worker.tasks.values():
        task.cancel()
    await asyncio.gather(*worker.tasks.values(), return_exceptions=True)


def _arq_function(context: JobContext, job: Job, queue: ArqQueue) -> Function:
    async def run_job(_: dict[str, object], *ids: str) -> None:
        await queue.take(JobTrigger(job.name, ids))
        try:
            await job.run(context, *ids)
        except Exception:  # noqa: BLE001 whatever it is, the worker goes on
            _log.exception("a job failed; a sweep will find its rows", action="worker.job_failed", job=job.name)

    return func(
        cast("WorkerCoroutine", run_job), name=job.name, keep_result=0, timeout=job.timeout_seconds, max_tries=1
    )


async def _main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_runtime(settings_module.load(), DB) as context:
        await work(context, JOBS, stop)


def main() -> None:
    """Run the worker until SIGTERM."""
    log.configure()
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    asyncio.run(_main())


if __name__ == "__main__":
    main()
