"""The recorder: the one process of a node that writes down what the RADIUS workers decide and hear.

Workers hand their records over a local socket (:mod:`~hotspots.recorder.link`); the recorder gathers what all of them
sent, commits it in one transaction, and only then says so (:mod:`~hotspots.recorder.process`). One writer for all
workers: two that write to one SQLite file wait for each other, and a thread beside the loop that answers shares its
interpreter lock.
"""
