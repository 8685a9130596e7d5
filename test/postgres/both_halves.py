"""Connects to each URL of standard input as an extract does, and prints what came of it."""

import json
import sys

from reign_trainer.errors import TrainerError
from reign_trainer.work.extract.warehouse import Warehouse

ASKED = (
    "select (select ssl from pg_stat_ssl where pid = pg_backend_pid()), "
    "inet_server_port(), current_setting('client_encoding')"
)

for line in sys.stdin:
    try:
        warehouse = Warehouse(line.strip(), "asked", 10)
    except TrainerError as error:
        answer = {"refused": error.message}
    else:
        with warehouse._cursor as cursor:
            cursor.execute(ASKED)
            [[tls, port, encoding]] = cursor.fetchall()
            cursor.close()
        warehouse.close()
        answer = {"tls": tls, "port": port, "encoding": encoding}
    print(json.dumps(answer), flush=True)
