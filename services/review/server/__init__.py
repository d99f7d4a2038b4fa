"""The running process: connections, threads, logs, probes, and what every request needs."""
