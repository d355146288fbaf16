"""What is too large for the database: files of messages, encrypted, in a directory or in object storage (S3).

A blob is written once under a key that begins with its tenant's id, and never changed. Each is encrypted with a key of
its own, which lies in the database under the vault's: who has the bucket alone has nothing, and what is forgotten in
the database cannot be read from any copy of the bucket. Whose a blob is, and until when, is `control_plane.blobs`.
"""

from control_plane.core.blobs.opening import open_store
from control_plane.core.blobs.safe import Blobs, StoredBlob
from control_plane.core.blobs.source import InMemory, Source
from control_plane.core.blobs.store import BlobGone, Store, StoreAway

__all__ = ["BlobGone", "Blobs", "InMemory", "Source", "Store", "StoreAway", "StoredBlob", "open_store"]
