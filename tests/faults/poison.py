"""A job whose handler does to its worker what a text asks for; imported by name in the workers."""

import os
import signal
import time

from socialtext.engines.shard import Job
from socialtext.errors import ModelError

KILL, STALL, RAISE, LEAVE = "KILL THE WORKER", "STALL", "RAISE", "LEAVE"


class PoisonedJob(Job):
    def make_handler(self):
        handle = super().make_handler()

        def poisoned(records):
            return [outcome for record in records for outcome in harm(record)]

        def harm(record):
            if KILL in record.text:
                os.kill(os.getpid(), signal.SIGKILL)
            if LEAVE in record.text:
                os._exit(0)
            if STALL in record.text:
                time.sleep(600)
            if RAISE in record.text:
                return [ZeroDivisionError("a bug that one record finds")]
            return handle([record])

        poisoned.shown = handle.shown
        return poisoned


class DamagedJob(Job):
    def make_handler(self):
        handle = super().make_handler()

        def damaged(records):
            raise ModelError("ST503", "weights.npz is not the file that model.json names")

        damaged.shown = handle.shown
        return damaged


class HopelessJob(Job):
    def make_handler(self):
        os._exit(3)
