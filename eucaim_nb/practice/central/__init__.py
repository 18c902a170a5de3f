"""EUCAIM's central services, to practise with: the public catalogue of datasets, and the helpdesk.

`Central` puts them together. An entry comes into the catalogue by an order at the control address, or by a ticket
to the helpdesk with the spreadsheet, which a practice staff answers at once.
"""

from ._central import Central

__all__ = ["Central"]
