"""From bytes on the wire to a job: signature, delivery, routes."""
