"""The lab: real hosts for the tests and the demo, in Docker, with systemd as PID 1 and real IPv6."""
