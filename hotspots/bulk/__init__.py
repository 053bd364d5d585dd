"""Writing many rows in one transaction, straight through the database's driver.

The recorder commits hundreds of times a second. What SQLAlchemy does for a statement (0.1 ms) would be most of the
time of such a commit, and the statements here are few and always the same; tables and columns are still the models'.
"""

from hotspots.bulk.base import Bulk, Row, is_away
from hotspots.bulk.connection import BulkConnection, transaction

__all__ = ["Bulk", "BulkConnection", "Row", "is_away", "transaction"]
