"""Hands deliveries to the node's own Postfix, each exactly once.

The argument
------------
Before a delivery's first byte is sent, the ledger says INJECTING, on disk. After Postfix's answer it says QUEUED,
WAITING or FINISHED. So whatever ends the agent, or a connection, at any moment, a delivery that Postfix may have is
INJECTING, and one that is INJECTING is not sent again before it is settled (`settle.py`):

1. Wait until nobody holds a connection to the injection port, and then until what cleanup processes were writing is
   written. Then every message that was begun is either whole in the queue or will never be.
2. List the queue, twice: a message may move to a directory that a listing has passed already, but that does not happen
   to it a second time without a line in the log. The return path names the delivery, so one that is listed is QUEUED.
3. Write a mark to Postfix's log, through Postfix's own logger, and read the log up to it. Whatever had left the queue
   by step 2, or had moved between two of its directories while it was listed, had been taken in hand by the queue
   manager before, and that is a line before the mark. Reading it makes the delivery QUEUED, and what follows it
   makes the events.
4. What is INJECTING still was never received: it is WAITING again.

What this rests on: Postfix answers 250 only when the queue file is on disk, the journal commits with synchronous=FULL,
and the log survives what it tells of. A power cut can lose the log's last seconds; a message that was injected *and*
delivered in those seconds, and whose 250 was not yet in the ledger, would be sent twice.
"""

from tenant_agent.inject.injector import Injector
from tenant_agent.inject.session import Gate
from tenant_agent.inject.settle import PostfixQueue

__all__ = ["Gate", "Injector", "PostfixQueue"]
