# pip install temporalio
import asyncio
import json
import os
import sys

from temporalio.client import Client


async def main(client_id: str, refill_id: str, at: str) -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    workflow_id = f"low-balance:client:{client_id}"
    refill = {"refillId": refill_id, "at": at}

    # A signal: fire and forget. It may be repeated, delayed or reordered without harm.
    await client.get_workflow_handle(workflow_id).signal("refill", refill)

    # An update: waits for a worker, and answers a receipt.
    receipt = await client.get_workflow_handle(workflow_id).execute_update("refill", refill)
    print(json.dumps(receipt))

    # Signal-with-start: also where the client is not watched yet.
    await client.start_workflow(
        "watchClient",
        {"clientId": client_id},
        id=workflow_id,
        task_queue="low-balance",
        start_signal="refill",
        start_signal_args=[refill],
    )


asyncio.run(main(*sys.argv[1:4]))
# Threads of the SDK outlive the event loop, and now and then crash an interpreter that is ending (sdk-python issue 300).
sys.stdout.flush()
os._exit(0)
