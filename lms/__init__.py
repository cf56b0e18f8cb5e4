"""Sanggar: an e-training engine for tiered teacher training, used in a browser on weak networks.

Domains stand on ordered floors (see `docs/structure.md`); `app.py` builds the application, `cli.py` the commands.
"""

__version__ = "0.1.0"
