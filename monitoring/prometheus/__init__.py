"""What Prometheus is given: ``prometheus.yml``, the rules in ``alerts.yml``, their tests in ``alerts_test.yml``.

Beside a running system: ``prometheus --config.file=monitoring/prometheus/prometheus.yml``. In a wheel they lie in
the folder of this package, which ``importlib.resources.files("monitoring.prometheus")`` names.
"""
