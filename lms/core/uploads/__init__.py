"""Files that people hand in: one table, one layout on disk, whatever they are for.

A file is stored first, outside of any transaction (`store`): looked at, made anew when it is a picture, written under
the SHA-256 of its bytes. Its row comes second, in the transaction of whatever it belongs to (`add`), so there is never
a row without its file; a file that got no row within an hour is swept away. The same content twice is one file with two
rows. Rows end, they are not deleted. Who may add, see or end a file is for the domain to say that it belongs to.
"""

from lms.core.uploads.models import Upload
from lms.core.uploads.storing import FileGone, FileRefused, PicturesBusy, StorageFull, Stored, add, end, path_of, store

__all__ = [
    "FileGone", "FileRefused", "PicturesBusy", "StorageFull", "Stored", "Upload", "add", "end", "path_of", "store",
]
